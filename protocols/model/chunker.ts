import { Uint8ArrayList } from 'uint8arraylist'
import type { ByteTransform } from './encoding.ts'

/** Cuts bytes into chunks of one size; the last has the rest. Pieces of at least a chunk are not copied. */
export function chunker(chunkSize: number): ByteTransform {
  return async function* cut(source) {
    const waiting = new Uint8ArrayList()

    for await (const piece of source) {
      waiting.append(piece)

      while (waiting.byteLength >= chunkSize) {
        // a list of one piece gives a view, one of several a copy
        const chunk = waiting.subarray(0, chunkSize)

        waiting.consume(chunkSize)
        yield chunk
      }
    }

    if (waiting.byteLength > 0) {
      yield waiting.subarray()
    }
  }
}
