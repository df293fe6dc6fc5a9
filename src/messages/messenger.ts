import { InvalidMessageError } from '@libp2p/interface'
import { TypedEventEmitter } from 'main-event'
import { peerIdFromString } from '@libp2p/peer-id'
import { HANDSHAKE_STEP_TIMEOUT_MS } from '../../protocols/handshake/limits.ts'
import { encodeEnvelope, MessageProtocol } from '../../protocols/message/index.ts'
import { systemClock } from '../../protocols/clock.ts'
import { NotLinkedError } from '../links/index.ts'
import { decodeWrapper, encodeWrapper } from './wrapper.ts'
import type { Message } from './types.ts'
import type { Clock } from '../../protocols/clock.ts'
import type { Envelope, Outbox } from '../../protocols/message/index.ts'
import type { ReceivedMessage, SendOptions, SendToNeighboursOptions } from '../interface.ts'
import type { Link, LinkManager } from '../links/index.ts'
import type { ComponentLogger, Connection, Logger, PeerId, Startable } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'

export interface MessengerComponents {
  peerId: PeerId
  registrar: Registrar
  logger: ComponentLogger
  linkManager: LinkManager
}

export interface MessengerInit {
  clock?: Clock
  learningFinished(): boolean
  isBlacklisted(peer: PeerId): boolean
  onViolation(peer: PeerId, error: Error): void
  /** Milliseconds a stream may wait for the link that is being made. @default 5_000 */
  handshakeTimeout?: number
  maxMessageBytes?: number
  maxQueuedMessages?: number
  maxQueuedBytes?: number
  maxCoalescedBytes?: number
  writeTimeout?: number
  frameTimeout?: number
  maxStreamsPerConnection?: number
}

export interface MessengerEvents {
  message: CustomEvent<ReceivedMessage>
}

/** Sends messages over links and tells of those that come in. */
export class Messenger extends TypedEventEmitter<MessengerEvents> implements Startable {
  readonly #components: MessengerComponents
  readonly #init: MessengerInit
  readonly #log: Logger
  readonly #clock: Clock
  readonly #protocol: MessageProtocol
  readonly #outboxes = new Map<Link, Outbox>()
  #seqno = 0n

  constructor(components: MessengerComponents, init: MessengerInit) {
    super()
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:messages')
    this.#clock = init.clock ?? systemClock
    this.#protocol = new MessageProtocol(components, {
      ...init,
      accept: async (connection) => this.#accept(connection),
      onEnvelope: (connection, envelope, byteLength) => this.#onEnvelope(connection, envelope, byteLength)
    })
  }

  async start(): Promise<void> {
    this.#components.linkManager.addEventListener('close', this.#onClose)
    await this.#protocol.start()
  }

  async stop(): Promise<void> {
    this.#components.linkManager.removeEventListener('close', this.#onClose)
    await this.#protocol.stop()

    for (const outbox of this.#outboxes.values()) {
      outbox.abort(new Error('The overlay was stopped'))
    }

    this.#outboxes.clear()
  }

  /** @see Nebula.send */
  async send(peer: PeerId, message: Message, options: SendOptions = {}): Promise<void> {
    await this.#send(peer, encodeWrapper({ source: this.#components.peerId.toString(), message }), options)
  }

  /** @see Nebula.sendToNeighbours */
  async sendToNeighbours(message: Message, options: SendToNeighboursOptions = {}): Promise<void> {
    const { interval = 0, signal } = options
    const peers = options.peers ?? this.#components.linkManager.links.peers({ onlyDirect: true })
    const wrapper = encodeWrapper({ source: this.#components.peerId.toString(), message })
    const sends: Array<Promise<void>> = []

    for (const [index, peer] of peers.entries()) {
      if (index > 0 && interval > 0) {
        await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, interval))
      }

      signal?.throwIfAborted()

      const send = this.#send(peer, wrapper, options)

      // each is looked at below; until then a failure must not count as unhandled
      send.catch(() => {})
      sends.push(send)
    }

    const failures = (await Promise.allSettled(sends)).flatMap((result) =>
      result.status === 'rejected' ? [result.reason as Error] : []
    )

    if (failures.length > 0) {
      throw new AggregateError(failures, `${failures.length} of ${peers.length} neighbours were not reached`)
    }
  }

  async #send(peer: PeerId, wrapper: Uint8Array<ArrayBuffer>, options: SendOptions): Promise<void> {
    const link = this.#components.linkManager.links.get(peer)

    if (link == null) {
      throw new NotLinkedError(`There is no link to ${peer}`)
    }

    if (this.#init.learningFinished()) {
      throw new NotLinkedError('Learning has finished, nothing is sent any more')
    }

    const envelope = encodeEnvelope({ wrapper, seqno: this.#nextSeqno(), signature: NO_SIGNATURE, hops: 0 })

    await this.#outbox(link).send(envelope, options)
    link.sent(envelope.byteLength, this.#clock.now())
  }

  #outbox(link: Link): Outbox {
    let outbox = this.#outboxes.get(link)

    if (outbox == null) {
      outbox = this.#protocol.outbox(link.connection, (error) => {
        this.#log.error('sending to %p failed - %e', link.peer, error)
        void this.#components.linkManager.close(link.peer, { reason: 'send-failed', mutual: false, link })
      })
      this.#outboxes.set(link, outbox)
    }

    return outbox
  }

  /** Waits for the link when the peer's stream is faster than the answer to the handshake. */
  async #accept(connection: Connection): Promise<boolean> {
    const { linkManager } = this.#components
    const peer = connection.remotePeer

    if (linkManager.links.has(peer)) {
      return true
    }

    if (!linkManager.attempting(peer)) {
      return false
    }

    const opened = Promise.withResolvers<boolean>()
    const onOpen = (event: CustomEvent<Link>): void => {
      if (event.detail.peer.equals(peer)) {
        opened.resolve(true)
      }
    }
    const timeout = this.#init.handshakeTimeout ?? HANDSHAKE_STEP_TIMEOUT_MS
    const timer = this.#clock.setTimeout(() => opened.resolve(false), timeout)

    linkManager.addEventListener('open', onOpen)

    try {
      return await opened.promise
    } finally {
      timer.clear()
      linkManager.removeEventListener('open', onOpen)
    }
  }

  #onEnvelope(connection: Connection, envelope: Envelope, byteLength: number): void {
    const from = connection.remotePeer
    const link = this.#components.linkManager.links.get(from)

    if (link == null || this.#init.isBlacklisted(from)) {
      return
    }

    link.received(byteLength, this.#clock.now())

    const { source, message } = decodeWrapper(envelope.wrapper)

    if (source === this.#components.peerId.toString()) {
      return
    }

    if (source !== from.toString()) {
      throw new InvalidMessageError(`Message of ${source} came from ${from} without a signature`)
    }

    this.safeDispatchEvent('message', { detail: { source: peerIdFromString(source), from, message } })
  }

  readonly #onClose = ({ detail: { link, reason } }: CustomEvent<{ link: Link; reason: string }>): void => {
    const outbox = this.#outboxes.get(link)

    this.#outboxes.delete(link)
    this.#protocol.dismiss(link.connection)
    outbox?.abort(new Error(`The link was closed (${reason})`))
  }

  #nextSeqno(): bigint {
    const clock = BigInt(Math.floor(this.#clock.now())) * 1_000n

    this.#seqno = clock > this.#seqno ? clock : this.#seqno + 1n

    return this.#seqno
  }
}

const NO_SIGNATURE = new Uint8Array(0)
