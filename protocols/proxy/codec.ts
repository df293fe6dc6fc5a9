import { peerIdFromString } from '@libp2p/peer-id'
import { nebula_proxy as pb } from '../../proto/proxy.js'
import { decodeEnvelope, encodeEnvelope } from '../message/index.ts'
import { ProxyProtocolError } from './errors.ts'
import { MAX_ANSWER_BYTES, MAX_TARGET_LENGTH } from './limits.ts'
import type { Answer, Delivery, ProxyStatus, ReceivedDelivery } from './types.ts'
import type { PeerId } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

const NO_ACKNOWLEDGEMENT = new Uint8Array(0)

/** An answer without an acknowledgement. */
export function answerOf(status: Exclude<ProxyStatus, 'DELIVERED'>): Answer {
  return { status, acknowledgement: NO_ACKNOWLEDGEMENT }
}

export function encodeDelivery({ target, envelope, timeout }: Delivery): Uint8Array {
  return pb.Delivery.encode({
    target: target.toString(),
    envelope: encodeEnvelope(envelope),
    timeout
  })
}

/**
 * @throws {ProxyProtocolError} when the bytes are no delivery or it names no target
 * @throws {InvalidEnvelopeError} when what it carries is no envelope
 */
export function decodeDelivery(
  bytes: Uint8Array | Uint8ArrayList
): Delivery & Pick<ReceivedDelivery, 'envelopeBytes'> {
  let delivery: pb.Delivery

  try {
    delivery = pb.Delivery.decode(bytes)
  } catch (cause) {
    throw new ProxyProtocolError('Frame is not a delivery', { cause })
  }

  return {
    target: parseTarget(delivery.target),
    envelope: decodeEnvelope(delivery.envelope),
    envelopeBytes: delivery.envelope.byteLength,
    timeout: delivery.timeout
  }
}

export function encodeAnswer({ status, acknowledgement }: Answer): Uint8Array {
  return pb.Answer.encode({ status: pb.Status[status], acknowledgement })
}

/** @throws {ProxyProtocolError} when the bytes are no answer or too many, or it acknowledges what was not delivered */
export function decodeAnswer(bytes: Uint8Array | Uint8ArrayList): Answer {
  let answer: pb.Answer

  if (bytes.byteLength > MAX_ANSWER_BYTES) {
    throw new ProxyProtocolError(`Answer has ${bytes.byteLength} bytes`)
  }

  try {
    answer = pb.Answer.decode(bytes)
  } catch (cause) {
    throw new ProxyProtocolError('Frame is not an answer', { cause })
  }

  const { status, acknowledgement } = answer

  if (status === pb.Status.UNSPECIFIED) {
    throw new ProxyProtocolError('Answer has no status')
  }

  if ((status === pb.Status.DELIVERED) !== acknowledgement.byteLength > 0) {
    throw new ProxyProtocolError(`Answer ${status} and its acknowledgement do not go together`)
  }

  return { status, acknowledgement }
}

/** A PeerId in its one form as text, which the acknowledgement repeats. */
function parseTarget(text: string): PeerId {
  try {
    const target = text.length > MAX_TARGET_LENGTH ? undefined : peerIdFromString(text)

    if (target?.toString() === text) {
      return target
    }
  } catch {
    // told below
  }

  throw new ProxyProtocolError('Target is no PeerId')
}
