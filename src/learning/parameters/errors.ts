const MAX_SHOWN = 80

export type SafetensorsFault =
  /** Fewer bytes than the header says. */
  | 'truncated'
  /** A limit is exceeded. */
  | 'limit'
  /** The header is not the JSON that the format asks for. */
  | 'header'
  | 'duplicate-key'
  | 'metadata'
  | 'dtype'
  /** The shape's product is too large, or does not fit the tensor's bytes. */
  | 'shape'
  | 'offsets'
  | 'overlap'
  | 'hole'
  | 'trailing-bytes'

/** The bytes are no valid safetensors file, or exceed a limit. */
export class SafetensorsError extends Error {
  readonly code: SafetensorsFault
  /** The tensor that is at fault, where it is one. */
  readonly tensor?: string

  constructor(code: SafetensorsFault, message: string, tensor?: string) {
    super(withTensor(message, tensor))
    this.name = 'SafetensorsError'
    this.code = code
    this.tensor = tensor
  }
}

export type UnfitReason =
  | 'missing-tensor'
  | 'extra-tensor'
  | 'dtype'
  | 'shape'
  | 'not-finite'
  /** A 64-bit integer beyond ±(2^53 - 1). */
  | 'not-exact'
  /** A BOOL that is neither 0 nor 1. */
  | 'not-boolean'

/** The parameters do not fit those of the federation's first model, or have values that cannot be aggregated. */
export class UnfitParametersError extends Error {
  readonly code: UnfitReason
  readonly tensor: string

  constructor(code: UnfitReason, message: string, tensor: string) {
    super(withTensor(message, tensor))
    this.name = 'UnfitParametersError'
    this.code = code
    this.tensor = tensor
  }
}

/** No tensor has that name. */
export class UnknownTensorError extends Error {
  readonly tensor: string

  constructor(tensor: string) {
    super(withTensor('It is not in the file', tensor))
    this.name = 'UnknownTensorError'
    this.tensor = tensor
  }
}

function withTensor(message: string, tensor?: string): string {
  return tensor == null ? message : `Tensor ${shown(tensor)}: ${message}`
}

/** A name as it may be shown: its sender chose it. */
export function shown(name: string): string {
  return JSON.stringify(name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN)}...` : name)
}
