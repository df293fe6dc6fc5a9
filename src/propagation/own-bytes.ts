import { Uint8ArrayList } from 'uint8arraylist'

/** Bytes are copied when their pieces pin more memory than this for each of them. */
const MAX_PINNED_RATIO = 1.5

/**
 * Bytes to keep, which nobody else changes: those of the application are copied, those that came over a connection
 * belong to nobody else.
 */
export function ownBytes(data: Uint8Array | Uint8ArrayList): Uint8Array | Uint8ArrayList {
  if (data instanceof Uint8Array) {
    // the slice() of a Buffer would be a view
    return new Uint8Array(data)
  }

  const buffers = new Set([...data].map(({ buffer }) => buffer))
  const pinned = [...buffers].reduce((bytes, buffer) => bytes + buffer.byteLength, 0)

  return pinned <= data.byteLength * MAX_PINNED_RATIO ? new Uint8ArrayList(data) : data.slice()
}
