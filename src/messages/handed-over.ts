import { InvalidMessageError } from '@libp2p/interface'
import { floods, isForwardable, whyNotForwardable } from '../forwarding/index.ts'
import { NotForwardableError } from './errors.ts'
import { isSigned } from './origin.ts'
import { decodeWrapper } from './wrapper.ts'
import type { Message } from './types.ts'
import type { Envelope } from '../../protocols/message/index.ts'
import type { Forwarder, ForwardState } from '../forwarding/index.ts'
import type { ReceivedMessage } from '../interface.ts'
import type { PeerId } from '@libp2p/interface'

export interface HandedOverComponents {
  peerId: PeerId
  forwarder: Pick<Forwarder, 'admit' | 'pass' | 'forward'>
}

export interface HandedOverInit {
  federation: string
  forwarding: Omit<ForwardState, 'hops'>
  /** This node's message, with its signature. */
  sign(message: Message): Promise<Envelope>
}

/**
 * Messages that the application hands over to be passed on. One that this node
 * received goes as its source wrote and signed it; any other is this node's own.
 */
export class HandedOver {
  readonly #components: HandedOverComponents
  readonly #init: HandedOverInit
  /** How the messages came that the application has received. */
  readonly #received = new WeakMap<
    Message,
    Pick<ReceivedMessage, 'source' | 'from'> & { envelope: Envelope }
  >()

  constructor(components: HandedOverComponents, init: HandedOverInit) {
    this.#components = components
    this.#init = init
  }

  /** To be called with each message that is dispatched. */
  note({ message, source, from }: ReceivedMessage, envelope: Envelope): void {
    if (isForwardable(message.type)) {
      this.#received.set(message, { source, from, envelope })
    }
  }

  isReceived(message: Message): boolean {
    return this.#received.has(message)
  }

  /**
   * The message that is written in a `Wrapper`.
   *
   * @throws {InvalidMessageError} when the bytes are none
   * @throws {NotForwardableError} when they name another node as their source
   */
  read(wrapper: Uint8Array): Message {
    const { source, message } = readOrInvalid(wrapper)

    if (message == null) {
      throw new InvalidMessageError('The message is of a kind that is not known')
    }

    if (source !== '' && source !== this.#components.peerId.toString()) {
      throw new NotForwardableError(
        'source',
        `The bytes do not have the signature of ${source}: hand over the message as it was received`
      )
    }

    return message
  }

  /** @see Nebula.forwardMessage */
  async forward(message: Message, except?: PeerId): Promise<boolean> {
    assertForwardable(message)

    const received = this.#received.get(message)

    if (received != null) {
      return this.#forwardReceived(message, received, except)
    }

    const { peerId } = this.#components
    const envelope = await this.#init.sign(message)

    return this.#components.forwarder.forward({ envelope, origin: peerId, from: peerId, own: true, except })
  }

  async #forwardReceived(
    message: Message,
    { source, from, envelope }: Pick<ReceivedMessage, 'source' | 'from'> & { envelope: Envelope },
    except?: PeerId
  ): Promise<boolean> {
    const { proxy, centralised, maxHops } = this.#init.forwarding

    if (!proxy && !floods(message)) {
      throw new NotForwardableError('no-proxy', 'From a node that is no proxy others take no such message')
    }

    if (centralised) {
      throw new NotForwardableError('centralised', 'In a centralised federation nothing is passed on')
    }

    if (envelope.hops >= maxHops) {
      throw new NotForwardableError('hops', `The message was passed on ${envelope.hops} times already`)
    }

    const { forwarder } = this.#components
    const forwardable = { envelope, origin: source, from, except }

    // what came by way of others was verified when it came
    if (!source.equals(from)) {
      return forwarder.forward(forwardable)
    }

    if (envelope.signature.byteLength === 0) {
      throw new NotForwardableError('unsigned', `${source} has not signed the message`)
    }

    if (!forwarder.admit(forwardable)) {
      return false
    }

    if (!(await isSigned(source, this.#init.federation, envelope, { source: source.toString() }))) {
      throw new NotForwardableError('unsigned', `The signature of the message is not that of ${source}`)
    }

    return forwarder.pass(forwardable)
  }
}

/** @throws {NotForwardableError} for a message that is for its link */
export function assertForwardable({ type }: Message): void {
  if (!isForwardable(type)) {
    throw new NotForwardableError('type', whyNotForwardable(type))
  }
}

function readOrInvalid(wrapper: Uint8Array): ReturnType<typeof decodeWrapper> {
  try {
    return decodeWrapper(wrapper)
  } catch (cause) {
    throw Object.assign(new InvalidMessageError('The bytes are no Wrapper'), { cause })
  }
}
