/** Files of safetensors as a test wants them, also such as no writer makes. */

export interface Entry {
  dtype: unknown
  shape: unknown
  data_offsets: unknown
}

/** @param header - as JSON, or anything else as it is */
export function fileOf(header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)

  length.writeBigUInt64LE(BigInt(json.byteLength))

  return Buffer.concat([length, json, data])
}

/** F32 tensors of one dimension, by name and length, one after the other. */
export function entries(lengths: Record<string, number>): Record<string, Entry> {
  let at = 0

  return Object.fromEntries(
    Object.entries(lengths).map(([name, length]) => {
      const begin = at

      at += length * 4

      return [name, { dtype: 'F32', shape: [length], data_offsets: [begin, at] }]
    })
  )
}
