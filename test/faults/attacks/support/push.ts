import { once } from 'node:events'
import type { Stream } from '@libp2p/interface'

/** Bytes that may wait in a stream of the attacker, whose own memory is not what it wants to fill. */
const MAX_UNSENT = 1_048_576

/**
 * Sends as fast as the other end takes it.
 *
 * @throws when the stream is over
 */
export async function push(stream: Stream, bytes: Uint8Array): Promise<void> {
  stream.send(bytes)

  while (stream.writeBufferLength > MAX_UNSENT) {
    if (stream.status !== 'open') {
      throw new Error('the stream is over')
    }

    const waited = new AbortController()

    try {
      await Promise.race(
        ['drain', 'idle', 'close'].map(async (type) => once(stream, type, { signal: waited.signal }))
      )
    } finally {
      waited.abort()
    }
  }
}
