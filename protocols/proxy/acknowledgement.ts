import { fromString as uint8ArrayFromString } from 'uint8arrays/from-string'
import { concat as uint8ArrayConcat } from 'uint8arrays/concat'
import { lengthPrefixed, verifySignature } from '../message/signature.ts'
import type { SignedFields } from '../message/signature.ts'
import type { AbortOptions, PeerId, PrivateKey } from '@libp2p/interface'

/** Keeps an acknowledgement from being valid for anything else that is signed with the same key. */
const DOMAIN = uint8ArrayFromString('nebula-proxy-ack:')

/** What a target's signature covers: which message of whom it has received. */
export interface AcknowledgedFields extends SignedFields {
  target: PeerId
}

/** The bytes that are signed: domain; federation, target and source, each with its length; seqno in eight bytes; wrapper. */
export function acknowledgedBytes(fields: AcknowledgedFields): Uint8Array {
  const number = new Uint8Array(8)

  new DataView(number.buffer).setBigUint64(0, fields.seqno)

  return uint8ArrayConcat([
    DOMAIN,
    ...lengthPrefixed(fields.federation),
    ...lengthPrefixed(fields.target.toString()),
    ...lengthPrefixed(fields.source),
    number,
    fields.wrapper
  ])
}

export async function acknowledge(
  key: PrivateKey,
  fields: AcknowledgedFields
): Promise<Uint8Array<ArrayBuffer>> {
  return Uint8Array.from(await key.sign(acknowledgedBytes(fields)))
}

/** Whether the acknowledgement is the target's. A target whose PeerId holds no key cannot be believed. */
export async function verifyAcknowledgement(
  fields: AcknowledgedFields,
  acknowledgement: Uint8Array,
  options?: AbortOptions
): Promise<boolean> {
  return verifySignature(fields.target, acknowledgedBytes(fields), acknowledgement, options)
}
