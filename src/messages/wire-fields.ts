import { reader as createReader } from 'protons-runtime'

export interface WireField {
  number: number
  /** Of a varint or a length-delimited field; absent for the other kinds. */
  value?: bigint | Uint8Array<ArrayBuffer>
}

const VARINT = 0
const LENGTH_DELIMITED = 2

/**
 * The fields of a protobuf message in the order of the wire, one level deep.
 * The generated decoders do not tell that order, nor which fields they skipped.
 *
 * @throws when the bytes are no protobuf message
 */
export function* wireFields(bytes: Uint8Array): Generator<WireField, void, undefined> {
  const reader = createReader(bytes)

  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    const number = tag >>> 3
    const wireType = tag & 7

    if (wireType === VARINT) {
      yield { number, value: reader.uint64() }
    } else if (wireType === LENGTH_DELIMITED) {
      yield { number, value: reader.bytes() }
    } else {
      reader.skipType(wireType)
      yield { number }
    }
  }
}
