import { nebula_message as pb } from '../../proto/envelope.js'
import { InvalidEnvelopeError } from './errors.ts'
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
