import { AbortError, InvalidMessageError, setMaxListeners } from '@libp2p/interface'
import { anySignal } from 'any-signal'
import { TypedEventEmitter } from 'main-event'
import { raceSignal } from 'race-signal'
import { HANDSHAKE_STEP_TIMEOUT_MS } from '../../protocols/handshake/limits.ts'
import { encodeEnvelope, MessageProtocol } from '../../protocols/message/index.ts'
import { systemClock } from '../../protocols/clock.ts'
import { NotLinkedError } from '../links/index.ts'
import { awaitLink } from './await-link.ts'
import { LearningFinishedError } from './errors.ts'
import { decodeWrapper, encodeWrapper } from './wrapper.ts'
import type { Message } from './types.ts'
import type { Clock } from '../../protocols/clock.ts'
import type { Envelope, Outbox } from '../../protocols/message/index.ts'
import type { LinkCloseReason, ReceivedMessage, SendOptions, SendToNeighboursOptions } from '../interface.ts'
import type { Link, LinkManager } from '../links/index.ts'
import type { ComponentLogger, Connection, Logger, PeerId, Startable } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'

const NO_SIGNATURE = new Uint8Array(0)

/** The peer can still be reached, and what was sent before the goodbye is meant to arrive. */
const ORDERLY = new Set<LinkCloseReason>(['requested', 'inactive', 'shutting-down'])

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
  readonly #self: string
  readonly #protocol: MessageProtocol
  readonly #outboxes = new Map<Link, Outbox>()
  #stopped = new AbortController()
  #seqno = 0n

  constructor(components: MessengerComponents, init: MessengerInit) {
    super()
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:messages')
    this.#clock = init.clock ?? systemClock
    this.#self = components.peerId.toString()
    this.#protocol = new MessageProtocol(components, {
      ...init,
      accept: async (connection) =>
        awaitLink(components.linkManager, connection.remotePeer, {
          clock: this.#clock,
          timeout: init.handshakeTimeout ?? HANDSHAKE_STEP_TIMEOUT_MS,
          signal: this.#stopped.signal
        }),
      onEnvelope: (connection, envelope, byteLength) => this.#onEnvelope(connection, envelope, byteLength)
    })
  }

  async start(): Promise<void> {
    if (this.#stopped.signal.aborted) {
      this.#stopped = new AbortController()
    }

    // one listener for each stream and each call that waits
    setMaxListeners(Infinity, this.#stopped.signal)
    this.#components.linkManager.addEventListener('close', this.#onClose)
    await this.#protocol.start()
  }

  async stop(): Promise<void> {
    this.#stopped.abort(new AbortError('The overlay was stopped'))
    this.#components.linkManager.removeEventListener('close', this.#onClose)
    await this.#protocol.stop()

    for (const outbox of this.#outboxes.values()) {
      outbox.abort(new AbortError('The overlay was stopped'))
    }

    this.#outboxes.clear()
  }

  /** @see Nebula.send */
  async send(peer: PeerId, message: Message, options: SendOptions = {}): Promise<void> {
    await this.#send(peer, this.#wrap(message), options)
  }

  /** @see Nebula.sendToNeighbours */
  async sendToNeighbours(message: Message, options: SendToNeighboursOptions = {}): Promise<void> {
    const { interval = 0, signal } = options
    const peers = options.peers ?? this.#components.linkManager.links.peers({ onlyDirect: true })
    const envelope = this.#wrap(message)
    const sends: Array<Promise<void>> = []

    for (const [index, peer] of peers.entries()) {
      if (index > 0 && interval > 0) {
        await this.#pause(interval, signal)
      }

      signal?.throwIfAborted()

      const send = this.#send(peer, envelope, options)

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

  /** The envelope of a message: the same for every peer that it is sent to. */
  #wrap(message: Message): Uint8Array {
    return encodeEnvelope({
      wrapper: encodeWrapper({ source: this.#self, message }),
      seqno: this.#nextSeqno(),
      signature: NO_SIGNATURE,
      hops: 0
    })
  }

  async #send(peer: PeerId, envelope: Uint8Array, options: SendOptions): Promise<void> {
    const link = this.#components.linkManager.links.get(peer)

    if (link == null) {
      throw new NotLinkedError(`There is no link to ${peer}`)
    }

    if (this.#init.learningFinished()) {
      throw new LearningFinishedError()
    }

    await this.#outbox(link).send(envelope, options)
    link.sent(envelope.byteLength, this.#clock.now())
  }

  #outbox(link: Link): Outbox {
    let outbox = this.#outboxes.get(link)

    if (outbox == null) {
      outbox = this.#protocol.outbox(link.connection, (error) => this.#onSendFailed(link, error))
      this.#outboxes.set(link, outbox)
    }

    return outbox
  }

  #onSendFailed(link: Link, error: Error): void {
    this.#log.error('sending to %p failed - %e', link.peer, error)
    this.#components.linkManager
      .close(link.peer, { reason: 'send-failed', mutual: false, link })
      .catch((err: Error) => {
        this.#log.error('could not close the link with %p - %e', link.peer, err)
      })
  }

  /** Waits between two sends; the caller's signal and a stop end it. */
  async #pause(ms: number, signal?: AbortSignal): Promise<void> {
    const over = Promise.withResolvers<void>()
    const timer = this.#clock.setTimeout(over.resolve, ms)
    const ended = anySignal([signal, this.#stopped.signal])

    try {
      await raceSignal(over.promise, ended)
    } finally {
      ended.clear()
      timer.clear()
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

    if (source === this.#self) {
      return
    }

    if (source !== from.toString()) {
      this.#onForeignSource(from, envelope)
    } else if (message == null) {
      this.#log('message of %p is of a kind that is not known here', from)
    } else {
      this.safeDispatchEvent('message', { detail: { source: from, from, message } })
    }
  }

  /** Nothing proves who wrote it: without a signature it is forged, and signatures are not verified. */
  #onForeignSource(from: PeerId, { signature }: Envelope): void {
    if (signature.byteLength === 0) {
      throw new InvalidMessageError('Message names another source than its sender and is not signed')
    }

    this.#log('signed message that %p passed on was dropped', from)
  }

  readonly #onClose = ({
    detail: { link, reason }
  }: CustomEvent<{ link: Link; reason: LinkCloseReason }>): void => {
    const outbox = this.#outboxes.get(link)

    this.#protocol.dismiss(link.peer)

    if (outbox == null) {
      return
    }

    if (ORDERLY.has(reason)) {
      outbox
        .close()
        .catch((err: Error) => this.#log('not all was sent to %p - %e', link.peer, err))
        .finally(() => this.#outboxes.delete(link))
    } else {
      this.#outboxes.delete(link)
      outbox.abort(new AbortError(`The link was closed (${reason})`))
    }
  }

  #nextSeqno(): bigint {
    const clock = BigInt(Math.floor(this.#clock.now())) * 1_000n

    this.#seqno = clock > this.#seqno ? clock : this.#seqno + 1n

    return this.#seqno
  }
}
