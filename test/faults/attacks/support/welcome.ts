/** A frame of the handshake that is a Welcome: its field 2. */
const WELCOME = 0x12
/** The status, left out when it is 0. */
const STATUS = 0x08

/** The status in the frame that answers a Hello. */
export function statusOf(bytes: Uint8Array): 'NEW' | 'other' | 'nothing' {
  if (bytes.byteLength === 0) {
    return 'nothing'
  }

  const tagAt = afterVarint(bytes, 0)
  const [first, second] = bytes.subarray(afterVarint(bytes, tagAt + 1))

  return bytes[tagAt] === WELCOME && (first !== STATUS || second === 0) ? 'NEW' : 'other'
}

/** Where a varint ends, such as a length: that of a node with many addresses has two bytes. */
function afterVarint(bytes: Uint8Array, at: number): number {
  let end = at

  while ((bytes[end] ?? 0) >= 0x80) {
    end++
  }

  return end + 1
}
