import { peerIdFromString } from '@libp2p/peer-id'
import { verifyMessage } from '../../protocols/message/index.ts'
import { BoundedMap } from '../lib/bounded-map.ts'
import { MAX_CACHED_ORIGINS } from './constants.ts'
import { MalformedMessageError } from './errors.ts'
import type { ReadMessage } from './wrapper.ts'
import type { Envelope, VerifyOptions } from '../../protocols/message/index.ts'
import type { PeerId } from '@libp2p/interface'

/**
 * Who a message says has written it.
 *
 * @throws {MalformedMessageError} when that is no PeerId
 */
export function originOf({ source }: Pick<ReadMessage, 'source'>): PeerId {
  try {
    return peerIdFromString(source)
  } catch (cause) {
    throw new MalformedMessageError('Source of the message is no PeerId', { cause })
  }
}

/**
 * The latest origins. To read one from its text, and write it again, costs more
 * than all else that is done with a message that had come already.
 */
export class Origins {
  readonly #peers = new BoundedMap<string, PeerId>({ max: MAX_CACHED_ORIGINS })

  /** @throws {MalformedMessageError} as `originOf` */
  of(read: Pick<ReadMessage, 'source'>): PeerId {
    const known = this.#peers.get(read.source)

    if (known != null) {
      return known
    }

    const peer = originOf(read)

    this.#peers.set(read.source, peer)

    return peer
  }
}

/** Whether the envelope carries the signature of its origin, for the federation. */
export async function isSigned(
  origin: PeerId,
  federation: string,
  { seqno, wrapper, signature }: Envelope,
  { source }: Pick<ReadMessage, 'source'>,
  options?: VerifyOptions
): Promise<boolean> {
  return verifyMessage(origin, { federation, source, seqno, wrapper }, signature, options)
}
