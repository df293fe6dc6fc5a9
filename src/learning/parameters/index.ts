export { CheckedParameters, checkParameters } from './check.ts'
export { BLOCK_ELEMENTS, READ_ELEMENTS, SAFETENSORS_LIMITS } from './constants.ts'
export { DTYPES, isDtype, sizeOf } from './dtypes.ts'
export { SafetensorsError, UnfitParametersError, UnknownTensorError } from './errors.ts'
export { encodeHeader } from './header.ts'
export { compare, dataBytes, layOut } from './layout.ts'
export { decode, encode } from './numbers.ts'
export { openBytes, parseSafetensors, SafetensorsReader } from './reader.ts'
export { BufferSink, bufferSource, fileSink, FileSource } from './sources.ts'
export { encodeSafetensors, fileBytes } from './writer.ts'
export type { CheckOptions } from './check.ts'
export type { Dtype, TensorArray } from './dtypes.ts'
export type { SafetensorsFault, UnfitReason } from './errors.ts'
export type { Safetensors } from './reader.ts'
export type {
  ByteSink,
  ByteSource,
  SafetensorsLimits,
  TensorInfo,
  TensorLayout,
  TensorShape
} from './types.ts'
export type { NewTensor } from './writer.ts'
