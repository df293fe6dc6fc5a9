import { AbortError } from '@libp2p/interface'
import { isViolation } from '../errors.ts'
import { InboundStream } from './inbound-stream.ts'
import { MAX_MESSAGE_STREAMS, MESSAGE_PROTOCOL } from './limits.ts'
import { Outbox } from './outbox.ts'
import { toError } from '../../src/lib/to-error.ts'
import type { OutboxInit } from './types.ts'
import type { InboundStreamInit, TakeEnvelope } from './inbound-stream.ts'
import type { ComponentLogger, Connection, Logger, PeerId, Startable, Stream } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'

export interface MessageProtocolComponents {
  registrar: Registrar
  logger: ComponentLogger
}

export interface MessageProtocolInit
  extends Omit<OutboxInit, 'open' | 'onFailure' | 'onAck'>, InboundStreamInit {
  /** Whether the peer may send; may wait for a link that is being made. No envelope is looked at before. */
  accept(connection: Connection): Promise<boolean>
  /**
   * `byteLength` is that of the frame; `tell` tells the peer that its numbers
   * are to be beyond one. The next envelope of the stream waits for
   * what is returned. Throwing ends the stream; a `ViolationError` is one of
   * the peer.
   */
  onEnvelope(connection: Connection, ...envelope: Parameters<TakeEnvelope>): void | Promise<void>
  /** The peer broke the protocol; its stream has been reset. */
  onViolation(peer: PeerId, error: Error): void
  /** @default 4 */
  maxStreamsPerConnection?: number
}

/** The streams of `/nebula/message/1.0.0`: one in each direction of a link. */
export class MessageProtocol implements Startable {
  readonly #components: MessageProtocolComponents
  readonly #init: MessageProtocolInit
  readonly #log: Logger
  readonly #inbound = new Set<InboundStream>()
  #started = false

  constructor(components: MessageProtocolComponents, init: MessageProtocolInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:message')
  }

  async start(): Promise<void> {
    if (this.#started) {
      return
    }

    this.#started = true
    const maxStreams = this.#init.maxStreamsPerConnection ?? MAX_MESSAGE_STREAMS

    await this.#components.registrar.handle(
      MESSAGE_PROTOCOL,
      (stream, connection) => {
        void this.#receive(stream, connection)
      },
      { maxInboundStreams: maxStreams, maxOutboundStreams: maxStreams, runOnLimitedConnection: true }
    )
  }

  async stop(): Promise<void> {
    if (!this.#started) {
      return
    }

    this.#started = false
    await this.#components.registrar.unhandle(MESSAGE_PROTOCOL)

    for (const inbound of this.#inbound) {
      inbound.dismiss(new AbortError('The overlay was stopped'))
    }
  }

  /** The outbox of a link over the connection. */
  outbox(connection: Connection, onFailure: (error: Error) => void, onAck?: OutboxInit['onAck']): Outbox {
    return new Outbox({
      ...this.#init,
      onAck,
      onFailure: (error) => {
        if (isViolation(error)) {
          this.#init.onViolation(connection.remotePeer, error)
        }

        onFailure(error)
      },
      open: async ({ signal }): Promise<Stream> =>
        connection.newStream(MESSAGE_PROTOCOL, { runOnLimitedConnection: true, signal })
    })
  }

  /** Ends what comes in from a peer that is no longer linked, over whichever connection. */
  dismiss(peer: PeerId): void {
    for (const inbound of this.#inbound) {
      if (inbound.connection.remotePeer.equals(peer)) {
        inbound.dismiss(new AbortError('The link was closed'))
      }
    }
  }

  async #receive(stream: Stream, connection: Connection): Promise<void> {
    const inbound = new InboundStream(stream, connection, this.#init)

    this.#inbound.add(inbound)

    try {
      if (!(await this.#init.accept(connection))) {
        throw new AbortError('There is no link')
      }

      await inbound.read((...envelope) => this.#init.onEnvelope(connection, ...envelope))
    } catch (err) {
      const error = toError(err)

      this.#log('stream of %p ended - %e', connection.remotePeer, error)
      inbound.abort(error)

      if (isViolation(error)) {
        this.#init.onViolation(connection.remotePeer, error)
      }
    } finally {
      this.#inbound.delete(inbound)
    }
  }
}
