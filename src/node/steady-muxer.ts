import type { StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'

/** What the muxers of libp2p have, though not in their type. */
interface MaybeSends {
  send?(data: unknown): boolean
}

/**
 * Yamux that does not end the process. It announces a new stream in a microtask,
 * and where the connection has begun to close by then what it throws is nobody's
 * to catch: a peer that lets go of its connection at the right moment would stop
 * this node. Here a frame for a connection that takes none is dropped; the end
 * of the connection, which follows, ends the streams.
 */
export function steadyMuxer<C>(
  create: (components: C) => StreamMuxerFactory
): (components: C) => StreamMuxerFactory {
  return (components) => {
    const factory = create(components)

    return {
      protocol: factory.protocol,
      createStreamMuxer: (connection) => {
        const muxer: StreamMuxer & MaybeSends = factory.createStreamMuxer(connection)
        const send = muxer.send?.bind(muxer)

        if (send == null) {
          return muxer
        }

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
