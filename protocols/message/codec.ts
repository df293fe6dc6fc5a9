import { nebula_message as pb } from '../../proto/envelope.js'
import { InvalidAckError, InvalidEnvelopeError } from './errors.ts'
import type { Ack, Envelope } from './types.ts'
import type { Uint8ArrayList } from 'uint8arraylist'

export function encodeEnvelope(envelope: Envelope): Uint8Array<ArrayBuffer> {
  return pb.Envelope.encode({
    wrapper: envelope.wrapper,
    seqno: envelope.seqno,
    signature: envelope.signature,
    hops: envelope.hops
  })
}

/** @throws {InvalidEnvelopeError} when the bytes are no envelope or it carries nothing */
export function decodeEnvelope(bytes: Uint8Array | Uint8ArrayList): Envelope {
  let envelope: Envelope

  try {
    envelope = pb.Envelope.decode(bytes)
  } catch (cause) {
    throw new InvalidEnvelopeError('Frame is not an envelope', { cause })
  }

  if (envelope.wrapper.byteLength === 0) {
    throw new InvalidEnvelopeError('Envelope is empty')
  }

  return envelope
}

/** @param ack - its `count` is at least 1 */
export function encodeAck(ack: Ack): Uint8Array {
  return pb.Ack.encode(ack)
}

/**
 * @returns what is acknowledged; its `count` is at least 1
 * @throws {InvalidAckError} when the bytes are no acknowledgement, or one of nothing
 */
export function decodeAck(bytes: Uint8Array | Uint8ArrayList): Ack {
  let ack: Ack

  try {
    ack = pb.Ack.decode(bytes)
  } catch (cause) {
    throw new InvalidAckError('Frame is not an acknowledgement', { cause })
  }

  if (ack.count === 0) {
    throw new InvalidAckError('Nothing is acknowledged')
  }

  return ack
}
