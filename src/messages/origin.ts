import { InvalidMessageError } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { verifyMessage } from '../../protocols/message/index.ts'
import type { ReadMessage } from './wrapper.ts'
import type { Envelope } from '../../protocols/message/index.ts'
import type { PeerId } from '@libp2p/interface'

/**
 * Who a message says has written it.
 *
 * @throws {InvalidMessageError} when that is no PeerId
 */
export function originOf({ source }: ReadMessage): PeerId {
  try {
    return peerIdFromString(source)
  } catch (cause) {
    throw Object.assign(new InvalidMessageError('Source of the message is no PeerId'), { cause })
  }
}

/** Whether the envelope carries the signature of its origin, for the federation. */
export async function isSigned(
  origin: PeerId,
  federation: string,
  { seqno, wrapper, signature }: Envelope,
  { source }: ReadMessage
): Promise<boolean> {
  return verifyMessage(origin, { federation, source, seqno, wrapper }, signature)
}
