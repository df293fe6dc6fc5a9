/** Varints, protobuf fields and frames, written by hand: an attacker has no use for a codec that checks. */

const WIRE_VARINT = 0
const WIRE_BYTES = 2

export function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = []
  // as protobuf has negative numbers: two's complement of 64 bits
  let rest = BigInt.asUintN(64, BigInt(value))

  do {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    bytes.push(rest > 0n ? low | 0x80 : low)
  } while (rest > 0n)

  return Uint8Array.from(bytes)
}

export function join(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** A field of wire type varint. */
export function numberField(no: number, value: number | bigint | boolean): Uint8Array {
  return join(varint((no << 3) | WIRE_VARINT), varint(typeof value === 'boolean' ? Number(value) : value))
}

/** A field of wire type length-delimited: bytes, text or a message. */
export function field(no: number, value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? utf8(value) : value

  return join(varint((no << 3) | WIRE_BYTES), varint(bytes.byteLength), bytes)
}

/** The frame of all protocols: a varint length, and the bytes. */
export function frame(bytes: Uint8Array): Uint8Array {
  return join(varint(bytes.byteLength), bytes)
}
