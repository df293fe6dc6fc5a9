import { InvalidMessageError } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { verifyMessage } from '../../protocols/message/index.ts'
import { mayForward } from '../forwarding/index.ts'
import { decodeWrapper } from './wrapper.ts'
import type { ReplayGuard } from './replay-guard.ts'
import type { SeenCache } from './seen-cache.ts'
import type { MessageType } from './types.ts'
import type { ReadMessage } from './wrapper.ts'
import type { Envelope } from '../../protocols/message/index.ts'
import type { Forwardable, ForwardState } from '../forwarding/index.ts'
import type { ReceivedMessage } from '../interface.ts'
import type { ComponentLogger, Logger, PeerId } from '@libp2p/interface'

/** The types that may reach a node over several paths by the seed's rules; others come once, or count each time. */
const DEDUPLICATED = new Set<MessageType>(['discovery', 'federation', 'model'])

export interface ReceiverComponents {
  peerId: PeerId
  logger: ComponentLogger
  seen: SeenCache
  replays: ReplayGuard
}

export interface ReceiverInit {
  federation: string
  isBlacklisted(peer: PeerId): boolean
  /** Whether, and how far, messages are passed on. */
  forwarding: Omit<ForwardState, 'hops'>
  onMessage(received: ReceivedMessage): void
  onDuplicate(duplicate: { source: PeerId; from: PeerId }): void
  onForward(message: Forwardable): void
}

/** What a node does with an envelope that came over a link (DESIGN: Receiving). */
export class Receiver {
  readonly #components: ReceiverComponents
  readonly #init: ReceiverInit
  readonly #log: Logger
  readonly #self: string

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
   * @throws {InvalidMessageError} when the bytes are no message, or what was passed on is not signed by its origin
   */
  receive(from: PeerId, envelope: Envelope): void | Promise<void> {
    const { seen, replays } = this.#components
    const read = decodeWrapper(envelope.wrapper)

    if (read.source === this.#self) {
      return undefined
    }

    if (read.source !== from.toString()) {
      return this.#receiveForeign(from, envelope, read)
    }

    if (read.message == null || DEDUPLICATED.has(read.message.type)) {
      const key = seen.key(envelope.seqno, envelope.wrapper)

      if (seen.has(key)) {
        this.#init.onDuplicate({ source: from, from })

        return undefined
      }

      seen.add(key)
    }

    // the connection proves the origin; its number is noted, so that a copy over another path is known
    replays.accept(read.source, envelope.seqno)
    this.#dispatch(from, from, read)

    return this.#mayForward(read, envelope) ? this.#forwardDirect(from, envelope, read) : undefined
  }

  async #receiveForeign(from: PeerId, envelope: Envelope, read: ReadMessage): Promise<void> {
    const { seen, replays } = this.#components
    const origin = parseSource(read.source)

    if (this.#init.isBlacklisted(origin) || envelope.hops > this.#init.forwarding.maxHops) {
      this.#log('message of %p that %p passed on was dropped', origin, from)

      return
    }

    const key = seen.key(envelope.seqno, envelope.wrapper)

    // before the signature: most copies in a mesh end here, and cost one hash
    if (seen.has(key)) {
      this.#init.onDuplicate({ source: origin, from })

      return
    }

    if (!(await this.#verify(origin, envelope, read))) {
      throw new InvalidMessageError('Message was passed on without the signature of its source')
    }

    // another copy may have been verified meanwhile
    if (!replays.accept(read.source, envelope.seqno)) {
      this.#init.onDuplicate({ source: origin, from })

      return
    }

    seen.add(key)
    this.#dispatch(origin, from, read)

    if (this.#mayForward(read, envelope)) {
      this.#init.onForward({ envelope, origin, from })
    }
  }

  /** The next node cannot see whom this came from, so what is passed on must be signed. */
  async #forwardDirect(from: PeerId, envelope: Envelope, read: ReadMessage): Promise<void> {
    if (envelope.signature.byteLength === 0) {
      this.#log('message of %p is not signed and was not passed on', from)

      return
    }

    if (!(await this.#verify(from, envelope, read))) {
      throw new InvalidMessageError('Message is wrongly signed')
    }

    this.#init.onForward({ envelope, origin: from, from })
  }

  #mayForward({ message }: ReadMessage, { hops }: Envelope): boolean {
    return mayForward(message, { ...this.#init.forwarding, hops })
  }

  async #verify(
    origin: PeerId,
    { seqno, wrapper, signature }: Envelope,
    { source }: ReadMessage
  ): Promise<boolean> {
    return verifyMessage(origin, { federation: this.#init.federation, source, seqno, wrapper }, signature)
  }

  #dispatch(source: PeerId, from: PeerId, { message }: ReadMessage): void {
    if (message == null) {
      this.#log('message of %p is of a kind that is not known here', source)

      return
    }

    this.#init.onMessage({ source, from, message })
  }
}

function parseSource(source: string): PeerId {
  try {
    return peerIdFromString(source)
  } catch (cause) {
    throw Object.assign(new InvalidMessageError('Source of the message is no PeerId'), { cause })
  }
}
