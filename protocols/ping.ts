/**
 * libp2p's `/ipfs/ping/1.0.0` over a given connection. The service of
 * `@libp2p/ping` chooses the connection itself, and dials when there is none.
 */
import { byteStream } from '@libp2p/utils'
import { toError } from '../src/lib/to-error.ts'
import type { AbortOptions, Connection, Stream } from '@libp2p/interface'

const PING_PROTOCOL = '/ipfs/ping/1.0.0'
const PING_BYTES = 32

/**
 * Resolves when the peer has answered; an answer that it does not know the
 * protocol is one.
 *
 * @throws what the connection, the stream or the signal failed with
 */
export async function ping(connection: Connection, options: AbortOptions): Promise<void> {
  let stream: Stream | undefined

  try {
    stream = await connection.newStream(PING_PROTOCOL, { ...options, runOnLimitedConnection: true })

    const bytes = byteStream(stream)

    await bytes.write(crypto.getRandomValues(new Uint8Array(PING_BYTES)), options)
    await bytes.read({ ...options, bytes: PING_BYTES })
    await stream.close(options)
  } catch (err) {
    const error = toError(err)

    stream?.abort(error)

    if (error.name !== 'UnsupportedProtocolError') {
      throw error
    }
  }
}
