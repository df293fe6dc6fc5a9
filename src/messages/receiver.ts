import { mayForward } from '../forwarding/index.ts'
import { ForgedMessageError } from './errors.ts'
import { isSigned, Origins } from './origin.ts'
import { openWrapper, readWrapper } from './wrapper.ts'
import type { ReplayGuard } from './replay-guard.ts'
import type { SeenCache } from './seen-cache.ts'
import type { MessageType } from './types.ts'
import type { OpenedWrapper, ReadMessage } from './wrapper.ts'
import type { Envelope } from '../../protocols/message/index.ts'
import type { Forwardable, ForwardState } from '../forwarding/index.ts'
import type { ReceivedMessage } from '../interface.ts'
import type { ComponentLogger, Logger, PeerId } from '@libp2p/interface'

/** The types that may reach a node over several paths by the seed's rules; others come once, or count each time. */
const DEDUPLICATED = new Set<MessageType>(['discovery', 'federation', 'model'])

/**
 * What became of a message that was passed on: `ours` is this node's own,
 * `unknown` of a kind that is not known here, `shut-out` of a blacklisted origin
 * or over too many nodes, `stale` too old to be told from a replay.
 */
export type Outcome = 'dispatched' | 'duplicate' | 'ours' | 'unknown' | 'shut-out' | 'stale'

export interface ReceiverComponents {
  peerId: PeerId
  logger: ComponentLogger
  seen: SeenCache
  replays: ReplayGuard
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
  onMessage(received: ReceivedMessage): void
  onDuplicate(duplicate: { source: PeerId; from: PeerId }): void
  onForward(message: Forwardable): void
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

  constructor(components: ReceiverComponents, init: ReceiverInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:receiver')
    this.#self = components.peerId.toString()
  }

  /**
   * Judges, dispatches and passes on. What comes straight from its origin is
   * dispatched before this returns, so that its order is kept.
   *
   * @throws {InvalidMessageError} when the bytes are no message
   * @throws {ForgedMessageError} when what was passed on is not signed by its origin
   */
  receive(from: PeerId, envelope: Envelope): void | Promise<void> {
    const { seen, replays } = this.#components
    const opened = openWrapper(envelope.wrapper)

    if (opened.source === this.#self) {
      // no node passes a message on to its origin
      this.#init.onRepeat(from)

      return undefined
    }

    if (opened.source !== from.toString()) {
      return this.#receiveForeign(from, envelope, opened).then(() => {})
    }

    const read = readWrapper(opened)
    const ignored = this.#init.isIgnored(from)

    if (read.message == null || DEDUPLICATED.has(read.message.type)) {
      const key = seen.key(envelope.seqno, envelope.wrapper)

      if (seen.has(key)) {
        this.#onDuplicate(key, from, from)

        return undefined
      }

      if (!ignored) {
        seen.add(key, read.source)
      }
    }

    if (ignored) {
      return undefined
    }

    // the connection proves the origin; its number is noted, so that a copy over another path is known
    replays.accept(read.source, envelope.seqno)
    this.#dispatch(from, from, read)

    return this.#mayForward(read, envelope) ? this.#forwardDirect(from, envelope, read) : undefined
  }

  /**
   * Judges as `receive` does a message that was passed on, whoever handed it
   * over, and tells what became of it.
   *
   * @throws {InvalidMessageError} when the bytes are no message
   * @throws {ForgedMessageError} when its origin has not signed it
   */
  async receiveDelivered(from: PeerId, envelope: Envelope): Promise<{ source: string; outcome: Outcome }> {
    const opened = openWrapper(envelope.wrapper)
    const { source } = opened

    if (source === this.#self) {
      return { source, outcome: 'ours' }
    }

    const known = readWrapper(opened).message != null

    return { source, outcome: known ? await this.#receiveForeign(from, envelope, opened) : 'unknown' }
  }

  async #receiveForeign(from: PeerId, envelope: Envelope, opened: OpenedWrapper): Promise<Outcome> {
    const { seen, replays } = this.#components
    const origin = this.#origins.of(opened)

    if (this.#init.isBlacklisted(origin) || envelope.hops > this.#init.forwarding.maxHops) {
      this.#log('message of %p that %p passed on was dropped', origin, from)

      return 'shut-out'
    }

    const key = seen.key(envelope.seqno, envelope.wrapper)

    // before the rest is read: most copies in a mesh end here, and cost one hash
    if (seen.has(key)) {
      this.#onDuplicate(key, origin, from)

      return 'duplicate'
    }

    if (this.#init.isIgnored(from)) {
      return 'shut-out'
    }

    const read = readWrapper(opened)

    if (!(await this.#verify(origin, envelope, read))) {
      throw new ForgedMessageError('Message was passed on without the signature of its source')
    }

    // another copy may have been verified meanwhile
    if (!replays.accept(read.source, envelope.seqno)) {
      this.#onDuplicate(key, origin, from)

      return seen.has(key) ? 'duplicate' : 'stale'
    }

    seen.add(key, from.toString())
    this.#dispatch(origin, from, read)

    if (this.#mayForward(read, envelope)) {
      this.#init.onForward({ envelope, origin, from })
    }

    return 'dispatched'
  }

  #onDuplicate(key: string, source: PeerId, from: PeerId): void {
    if (this.#components.seen.repeated(key, from.toString())) {
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

    if (!(await this.#verify(from, envelope, read))) {
      throw new ForgedMessageError('Message is wrongly signed')
    }

    this.#init.onForward({ envelope, origin: from, from })
  }

  #mayForward({ message }: ReadMessage, { hops }: Envelope): boolean {
    return mayForward(message, { ...this.#init.forwarding, hops })
  }

  async #verify(origin: PeerId, envelope: Envelope, read: ReadMessage): Promise<boolean> {
    const begin = performance.now()
    const signed = await isSigned(origin, this.#init.federation, envelope, read)

    this.#init.onVerified?.(performance.now() - begin)

    return signed
  }

  #dispatch(source: PeerId, from: PeerId, { message }: ReadMessage): void {
    if (message == null) {
      this.#log('message of %p is of a kind that is not known here', source)

      return
    }

    this.#init.onMessage({ source, from, message })
  }
}
