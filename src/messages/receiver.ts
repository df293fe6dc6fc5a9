import { mayForward } from '../forwarding/index.ts'
import { ForgedMessageError } from './errors.ts'
import { isSigned, Origins } from './origin.ts'
import { openWrapper, readWrapper } from './wrapper.ts'
import type { ForeignGate } from './foreign-gate.ts'
import type { ReplayGuard } from './replay-guard.ts'
import type { SeenCache } from './seen-cache.ts'
import type { MessageType } from './types.ts'
import type { OpenedWrapper, ReadMessage } from './wrapper.ts'
import type { Envelope } from '../../protocols/message/index.ts'
import type { Forwarder, ForwardState } from '../forwarding/index.ts'
import type { ReceivedMessage } from '../interface.ts'
import type { ComponentLogger, Logger, PeerId } from '@libp2p/interface'

/** The types that may reach a node over several paths, beside those that this node passes on; others come once, or count each time. */
const DEDUPLICATED = new Set<MessageType>(['discovery', 'federation', 'model'])

/**
 * What became of a message that was passed on: `ours` is this node's own,
 * `unknown` of a kind that is not known here, `shut-out` of a blacklisted origin,
 * over too many nodes or more than the peer may hand on, `stale` too old to be
 * told from a replay.
 */
export type Outcome = 'dispatched' | 'duplicate' | 'ours' | 'unknown' | 'shut-out' | 'stale'

export interface ReceiverComponents {
  peerId: PeerId
  logger: ComponentLogger
  seen: SeenCache
  replays: ReplayGuard
  /** A source's greatest number that is known of, where this one is so far behind it that it is taken for a replay. */
  behind(source: string, seqno: bigint): bigint | undefined
  /** Decides whose messages may be handed on, how many, and how fast. */
  gate: Pick<ForeignGate, 'admit'>
  forwarder: Pick<Forwarder, 'admit' | 'pass' | 'forward'>
}

export interface ReceiverInit {
  federation: string
  isBlacklisted(peer: PeerId): boolean
  /** Whether what the linked peer sends is judged and not taken. */
  isIgnored(peer: PeerId): boolean
  /** A linked peer sent a message that it had sent before, or that is this node's own. */
  onRepeat(from: PeerId): void
  /** Whether, and how far, messages are passed on. */
  forwarding: Omit<ForwardState, 'hops'>
  onMessage(received: ReceivedMessage, envelope: Envelope): void
  onDuplicate(duplicate: { source: PeerId; from: PeerId }): void
  /** Waits so many milliseconds; rejects when the overlay stops. */
  pause(ms: number): Promise<void>
  /** Whether the next signature may hold up the event loop for as long as it takes; so many may. @default none */
  verifiesPromptly?(): boolean
  /** A signature was verified, which took so many milliseconds. */
  onVerified?(ms: number): void
}

/** What a node does with an envelope that came over a link (DESIGN: Receiving). */
export class Receiver {
  readonly #components: ReceiverComponents
  readonly #init: ReceiverInit
  readonly #log: Logger
  readonly #self: string
  readonly #origins = new Origins()
  /** What is being verified, by message and signature. */
  readonly #verifying = new Map<string, Promise<boolean>>()

  constructor(components: ReceiverComponents, init: ReceiverInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:receiver')
    this.#self = components.peerId.toString()
  }

  /**
   * Judges, dispatches and passes on. What comes straight from its origin is
   * dispatched before this returns, so that its order is kept. With `tell` the
   * origin is told that others take what has this number for a replay.
   *
   * @throws {MalformedMessageError} when the bytes are no message
   * @throws {ForgedMessageError} when what was passed on is not signed by its origin
   */
  receive(from: PeerId, envelope: Envelope, tell?: (beyond: bigint) => void): void | Promise<void> {
    const { seen, replays } = this.#components
    const opened = openWrapper(envelope.wrapper)

    if (opened.source === this.#self) {
      // no node passes a message on to its origin
      this.#init.onRepeat(from)

      return undefined
    }

    if (opened.source !== from.toString()) {
      return this.#receiveForeign(from, envelope, opened, { delivered: false }).then(() => {})
    }

    const read = readWrapper(opened)
    const ignored = this.#init.isIgnored(from)
    // the connection proves the origin; a number that is not new may be that of a copy over another path
    const beyond = ignored ? undefined : this.#components.behind(read.source, envelope.seqno)
    const fresh = ignored || replays.accept(read.source, envelope.seqno, read.source)

    const deduplicated = this.#isDeduplicated(read)

    if (!fresh || deduplicated) {
      const key = seen.key(envelope.seqno, envelope.wrapper)

      if (seen.has(key)) {
        this.#onDuplicate(key, from, from)

        return undefined
      }

      if (!ignored && deduplicated) {
        seen.add(key, read.source)
      }
    }

    if (ignored) {
      return undefined
    }

    if (beyond != null) {
      tell?.(beyond)
    }

    this.#dispatch(from, from, read, envelope)

    return this.#mayForward(read, envelope) ? this.#forwardDirect(from, envelope, read) : undefined
  }

  /**
   * Judges as `receive` does a message that was passed on, whoever handed it
   * over, and tells what became of it. The same peer may pass it on as well,
   * as a proxy does not know what it delivers: that is no repetition.
   *
   * @throws {MalformedMessageError} when the bytes are no message
   * @throws {ForgedMessageError} when its origin has not signed it
   */
  async receiveDelivered(from: PeerId, envelope: Envelope): Promise<{ source: string; outcome: Outcome }> {
    const opened = openWrapper(envelope.wrapper)
    const { source } = opened

    if (source === this.#self) {
      return { source, outcome: 'ours' }
    }

    const known = readWrapper(opened).message != null

    return {
      source,
      outcome: known ? await this.#receiveForeign(from, envelope, opened, { delivered: true }) : 'unknown'
    }
  }

  /** @param options.delivered - whether it came by way of a proxy, whose protocol has limits of its own */
  async #receiveForeign(
    from: PeerId,
    envelope: Envelope,
    opened: OpenedWrapper,
    { delivered }: { delivered: boolean }
  ): Promise<Outcome> {
    const { seen, replays, forwarder } = this.#components
    const origin = this.#origins.of(opened)

    if (this.#init.isBlacklisted(origin) || envelope.hops > this.#init.forwarding.maxHops) {
      this.#log('message of %p that %p passed on was dropped', origin, from)

      return 'shut-out'
    }

    const key = seen.key(envelope.seqno, envelope.wrapper)

    // before the rest is read: most copies in a mesh end here, and cost one hash
    if (seen.has(key)) {
      replays.vouch(opened.source, from.toString())
      this.#onDuplicate(key, origin, from, delivered)

      return 'duplicate'
    }

    const read = readWrapper(opened)

    if (envelope.signature.byteLength === 0) {
      throw new ForgedMessageError('Message was passed on without a signature')
    }

    if ((!delivered && !(await this.#admit(from, read))) || this.#init.isIgnored(from)) {
      return 'shut-out'
    }

    if (!(await this.#verifyOnce(key, origin, envelope, read))) {
      throw new ForgedMessageError('Message was passed on without the signature of its source')
    }

    // another copy may have been verified meanwhile
    if (!replays.accept(read.source, envelope.seqno, from.toString())) {
      this.#onDuplicate(key, origin, from, delivered)

      return seen.has(key) ? 'duplicate' : 'stale'
    }

    seen.add(key, delivered ? undefined : from.toString())
    this.#dispatch(origin, from, read, envelope)

    if (this.#mayForward(read, envelope)) {
      forwarder.forward({ envelope, origin, from })
    }

    return 'dispatched'
  }

  /** Waits until a message that the peer hands on may be verified; `false` when it may not. */
  async #admit(from: PeerId, read: ReadMessage): Promise<boolean> {
    const wait = this.#components.gate.admit(from, read)

    if (wait != null && wait > 0) {
      await this.#init.pause(wait)
    }

    return wait != null
  }

  #onDuplicate(key: string, source: PeerId, from: PeerId, delivered = false): void {
    if (!delivered && this.#components.seen.repeated(key, from.toString())) {
      this.#init.onRepeat(from)
    }

    this.#init.onDuplicate({ source, from })
  }

  /** The next node cannot see whom this came from, so what is passed on must be signed. */
  async #forwardDirect(from: PeerId, envelope: Envelope, read: ReadMessage): Promise<void> {
    if (envelope.signature.byteLength === 0) {
      this.#log('message of %p is not signed and was not passed on', from)

      return
    }

    const message = { envelope, origin: from, from }

    // before it is verified: nobody is to make this node verify more than it passes on
    if (!this.#components.forwarder.admit(message)) {
      return
    }

    if (!(await this.#verify(from, envelope, read))) {
      throw new ForgedMessageError('Message is wrongly signed')
    }

    this.#components.forwarder.pass(message)
  }

  #isDeduplicated({ message }: ReadMessage): boolean {
    return (
      message == null ||
      DEDUPLICATED.has(message.type) ||
      (this.#init.forwarding.proxy && this.#init.forwarding.types.has(message.type))
    )
  }

  #mayForward({ message }: ReadMessage, { hops }: Envelope): boolean {
    return mayForward(message, { ...this.#init.forwarding, hops })
  }

  /** In a mesh several copies of a message come while the first is being verified. */
  async #verifyOnce(key: string, origin: PeerId, envelope: Envelope, read: ReadMessage): Promise<boolean> {
    const copy = `${key} ${Buffer.from(envelope.signature).toString('latin1')}`
    let signed = this.#verifying.get(copy)

    if (signed == null) {
      signed = this.#verify(origin, envelope, read).finally(() => this.#verifying.delete(copy))
      this.#verifying.set(copy, signed)
    }

    return signed
  }

  async #verify(origin: PeerId, envelope: Envelope, read: ReadMessage): Promise<boolean> {
    const begin = performance.now()
    const apart = this.#init.verifiesPromptly?.() !== true
    const signed = await isSigned(origin, this.#init.federation, envelope, read, { apart })

    this.#init.onVerified?.(performance.now() - begin)

    return signed
  }

  #dispatch(source: PeerId, from: PeerId, { message }: ReadMessage, envelope: Envelope): void {
    if (message == null) {
      this.#log('message of %p is of a kind that is not known here', source)

      return
    }

    this.#init.onMessage({ source, from, message }, envelope)
  }
}
