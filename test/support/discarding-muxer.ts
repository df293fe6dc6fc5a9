import { yamux } from '@libp2p/yamux'
import type { StreamMuxerFactory } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

/** What a reader that is not as quick as ours takes to read what has come. */
const READ_AFTER_MS = 100

interface Internals {
  onData(data: Uint8ArrayList): void
  onRemoteCloseWrite(): void
  onRemoteReset(): void
}

/**
 * Yamux whose streams are read a moment after data has come, and that throws
 * away what was not read when a reset comes, as go-yamux does.
 */
export function discardingMuxer(
  onLoss: (bytes: number) => void = () => {},
  readAfterMs = READ_AFTER_MS
): () => StreamMuxerFactory {
  return () => {
    const factory = yamux()()

    return {
      protocol: factory.protocol,
      createStreamMuxer: (connection) => {
        const muxer = factory.createStreamMuxer(connection)
        const onCreateStream = muxer.onCreateStream.bind(muxer)
        const onRemoteStream = muxer.onRemoteStream.bind(muxer)

        return Object.assign(muxer, {
          onCreateStream: () => discarding(onCreateStream(), onLoss, readAfterMs),
          onRemoteStream: (stream: Parameters<typeof onRemoteStream>[0]) =>
            onRemoteStream(discarding(stream, onLoss, readAfterMs))
        })
      }
    }
  }
}

function discarding<S extends Internals>(stream: S, onLoss: (bytes: number) => void, readAfterMs: number): S {
  const deliver = stream.onData.bind(stream)
  const end = stream.onRemoteCloseWrite.bind(stream)
  const reset = stream.onRemoteReset.bind(stream)
  const unread: Array<{ bytes: number; read: () => void }> = []
  const later = (bytes: number, read: () => void): void => {
    unread.push({ bytes, read })
    setTimeout(() => unread.shift()?.read(), readAfterMs)
  }

  return Object.assign(stream, {
    onData: (data: Uint8ArrayList) => {
      if (data.byteLength > 0) {
        // the muxer goes on with its buffer
        const copy = data.sublist()

        later(copy.byteLength, () => deliver(copy))
      }
    },
    onRemoteCloseWrite: () => later(0, end),
    onRemoteReset: () => {
      const lost = unread.splice(0).reduce((sum, { bytes }) => sum + bytes, 0)

      if (lost > 0) {
        onLoss(lost)
      }

      reset()
    }
  })
}
