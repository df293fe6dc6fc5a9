import { nebula_message as pb } from '../../proto/envelope.js'
import { InvalidAckError, InvalidEnvelopeError } from './errors.ts'
import type { Envelope } from './types.ts'
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

/** @param count - how many more envelopes have been taken, at least 1 */
export function encodeAck(count: number): Uint8Array {
  return pb.Ack.encode({ count })
}

/**
 * @returns how many more envelopes have been taken, at least 1
 * @throws {InvalidAckError} when the bytes are no acknowledgement, or one of nothing
 */
export function decodeAck(bytes: Uint8Array | Uint8ArrayList): number {
  let count: number

  try {
    count = pb.Ack.decode(bytes).count
  } catch (cause) {
    throw new InvalidAckError('Frame is not an acknowledgement', { cause })
  }

  if (count === 0) {
    throw new InvalidAckError('Nothing is acknowledged')
  }

  return count
}
