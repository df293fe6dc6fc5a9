import type { StreamMuxerFactory } from '@libp2p/interface'
import type { yamux } from '@libp2p/yamux'

type YamuxFactory = ReturnType<ReturnType<typeof yamux>>

/**
 * Yamux that does not end the process. It announces a new stream in a microtask,
 * and where the connection has begun to close by then what it throws is nobody's
 * to catch: a peer that lets go of its connection at the right moment would stop
 * this node. Here a frame for a connection that takes none is dropped; the end
 * of the connection, which follows, ends the streams.
 */
export function steadyMuxer(create: () => YamuxFactory): () => StreamMuxerFactory {
  return () => {
    const factory = create()

    return {
      protocol: factory.protocol,
      createStreamMuxer: (connection) => {
        const muxer = factory.createStreamMuxer(connection)
        const send = muxer.send.bind(muxer)

        muxer.send = (data) => {
          try {
            return send(data)
          } catch (err) {
            if (err instanceof Error && err.name === 'StreamStateError') {
              return false
            }

            throw err
          }
        }

        return muxer
      }
    }
  }
}
