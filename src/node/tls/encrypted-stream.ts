/** Between libp2p's message streams and the sockets of `node:tls`, as `@libp2p/tls` does it (Apache-2.0 OR MIT). */
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { callbackify } from 'node:util'
import { AbstractMessageStream } from '@libp2p/utils'
import { pEvent } from 'p-event'
import { Uint8ArrayList } from 'uint8arraylist'
import { toError } from '../../lib/to-error.ts'
import type { AbortOptions, MessageStream } from '@libp2p/interface'
import type { SendResult } from '@libp2p/utils'
import type { TLSSocket } from 'node:tls'

/** The stream as Node.js knows streams. */
export function toDuplex(stream: MessageStream): Duplex {
  const closed = callbackify(async () => stream.close())
  const drained = callbackify(async () => {
    try {
      await pEvent(stream, 'drain', { rejectionEvents: ['close'] })
    } catch (cause) {
      throw new Error('The connection was closed', { cause })
    }
  })
  const send = (data: Uint8Array | Uint8ArrayList, callback: (err?: Error | null) => void): void => {
    try {
      if (stream.send(data)) {
        callback()

        return
      }
    } catch (err) {
      callback(toError(err))

      return
    }

    drained(callback)
  }

  // until it is read
  stream.pause()

  const duplex = new Duplex({
    write: (chunk: Uint8Array, _encoding, callback) => send(chunk, callback),
    writev: (chunks, callback) =>
      send(new Uint8ArrayList(...chunks.map(({ chunk }) => chunk as Uint8Array)), callback),
    read: () => stream.resume(),
    final: (callback) => {
      closed(callback)
    }
  })

  stream.addEventListener('message', ({ data }) => {
    let more = true

    for (const chunk of data instanceof Uint8Array ? [data] : data) {
      more = duplex.push(chunk)
    }

    if (!more) {
      stream.pause()
    }
  })
  stream.addEventListener('close', ({ error }) => duplex.destroy(error))

  return duplex
}

/** What passes over a TLS socket, whose bytes go over a stream. */
export class EncryptedStream extends AbstractMessageStream {
  readonly #socket: TLSSocket
  readonly #stream: MessageStream
  #closing?: Promise<void>

  constructor(stream: MessageStream, socket: TLSSocket) {
    super({
      log: stream.log,
      inactivityTimeout: stream.inactivityTimeout,
      maxReadBufferLength: stream.maxReadBufferLength,
      direction: stream.direction
    })
    this.#socket = socket
    this.#stream = stream

    if (socket.closed) {
      this.#closing = Promise.resolve()
    }

    socket.on('data', (bytes) => this.onData(bytes))
    socket.on('error', (err) => stream.abort(err))
    socket.on('close', () => {
      this.#closing = stream.close().catch((err: Error) => stream.abort(err))
    })
    socket.on('drain', () => {
      this.safeDispatchEvent('drain')
    })
    stream.addEventListener('close', ({ error, local }) => {
      socket.destroy()

      if (error == null) {
        this.onTransportClosed()
      } else if (local === true) {
        this.abort(error)
      } else {
        this.onRemoteReset()
      }
    })
  }

  async close({ signal }: AbortOptions = {}): Promise<void> {
    if (this.#closing == null) {
      this.#socket.destroySoon()
      await once(this.#socket, 'close', { signal })
    }

    await this.#closing
  }

  sendPause(): void {
    this.#socket.pause()
  }

  sendResume(): void {
    this.#socket.resume()
  }

  sendReset(err: Error): void {
    this.#socket.destroy()
    // which closes the transport, and does not reset it
    this.#stream.abort(err)
  }

  sendData(data: Uint8ArrayList): SendResult {
    let sentBytes = 0
    let canSendMore = true

    for (const bytes of data) {
      sentBytes += bytes.byteLength
      canSendMore = this.#socket.write(bytes)

      if (!canSendMore) {
        break
      }
    }

    return { sentBytes, canSendMore }
  }
}
