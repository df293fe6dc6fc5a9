import { encodeEnvelope, MessageTooLargeError, signMessage } from '../../protocols/message/index.ts'
import { MAX_HOPS_BYTES, MAX_MESSAGE_BYTES } from '../../protocols/message/limits.ts'
import { floods } from '../forwarding/index.ts'
import { encodeWrapper } from './wrapper.ts'
import type { Message } from './types.ts'
import type { PrivateKey } from '@libp2p/interface'

const NO_SIGNATURE = new Uint8Array(0)

export interface OutgoingInit {
  federation: string
  source: string
  seqno: bigint
  message: Message
  key: PrivateKey
  /** Bytes of an envelope on any of its hops. @default 1 MiB */
  maxMessageBytes?: number
}

/** One message on its way out: written once, and signed once when somebody may pass it on. */
export class Outgoing {
  readonly #init: OutgoingInit
  readonly #wrapper: Uint8Array<ArrayBuffer>
  readonly #floods: boolean
  #plain?: Uint8Array
  #signed?: Uint8Array | Promise<Uint8Array>
  /** The message under a greater number. */
  #again?: Outgoing

  /** @throws {InvalidMessageError} when the message is not what its type says */
  constructor(init: OutgoingInit) {
    this.#init = init
    this.#wrapper = encodeWrapper({ source: init.source, message: init.message })
    this.#floods = floods(init.message)
  }

  /**
   * The envelope for a peer; the connection proves the origin to one that keeps the message to itself.
   *
   * @throws {MessageTooLargeError} when it could not be passed on
   */
  envelopeFor(peer: { proxy: boolean }): Uint8Array | Promise<Uint8Array> {
    if (this.#floods || peer.proxy) {
      return (this.#signed ??= this.#sign())
    }

    return (this.#plain ??= this.#envelope(NO_SIGNATURE))
  }

  get message(): Message {
    return this.#init.message
  }

  /**
   * The message under a number that a peer does not take for a replay, where it
   * did so with this one. It is the same for all peers, as far as its number is
   * great enough for them.
   *
   * @param beyond - what the peer knows of
   * @param take - gives the next number
   */
  beyond(beyond: bigint, take: () => bigint): Outgoing | undefined {
    if (this.#init.seqno > beyond) {
      return undefined
    }

    if (this.#again == null || this.#again.#init.seqno <= beyond) {
      const seqno = take()

      // the peer's numbers may be too great to go beyond
      this.#again = seqno > beyond ? new Outgoing({ ...this.#init, seqno }) : undefined
    }

    return this.#again
  }

  #sign(): Uint8Array | Promise<Uint8Array> {
    const { key, federation, source, seqno } = this.#init
    const signature = signMessage(key, { federation, source, seqno, wrapper: this.#wrapper })

    return signature instanceof Uint8Array
      ? this.#envelope(signature)
      : signature.then((bytes) => this.#envelope(bytes))
  }

  #envelope(signature: Uint8Array): Uint8Array {
    const bytes = encodeEnvelope({
      wrapper: this.#wrapper,
      seqno: this.#init.seqno,
      signature: new Uint8Array(signature),
      hops: 0
    })
    const max = (this.#init.maxMessageBytes ?? MAX_MESSAGE_BYTES) - MAX_HOPS_BYTES

    if (bytes.byteLength > max) {
      throw new MessageTooLargeError(bytes.byteLength, max)
    }

    return bytes
  }
}
