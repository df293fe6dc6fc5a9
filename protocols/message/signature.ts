import { fromString as uint8ArrayFromString } from 'uint8arrays/from-string'
import { concat as uint8ArrayConcat } from 'uint8arrays/concat'
import * as varint from 'uint8-varint'
import type { AbortOptions, PeerId, PrivateKey } from '@libp2p/interface'

/** Keeps a signature of the overlay from being valid for anything else that is signed with the same key. */
const DOMAIN = uint8ArrayFromString('nebula-message:')

/** What an origin's signature covers; `hops` is not among it, for every forwarder changes it. */
export interface SignedFields {
  federation: string
  /** The origin's PeerId as text. */
  source: string
  seqno: bigint
  wrapper: Uint8Array
}

/** The bytes that are signed: domain, federation and source each with its length, seqno in eight bytes, wrapper. */
export function signedBytes({ federation, source, seqno, wrapper }: SignedFields): Uint8Array {
  const number = new Uint8Array(8)

  new DataView(number.buffer).setBigUint64(0, seqno)

  return uint8ArrayConcat([DOMAIN, ...lengthPrefixed(federation), ...lengthPrefixed(source), number, wrapper])
}

/** Signs at once where the key can, so that messages keep their order. */
export function signMessage(key: PrivateKey, fields: SignedFields): Uint8Array | Promise<Uint8Array> {
  return key.sign(signedBytes(fields))
}

/**
 * Whether `signature` is the origin's. The key comes from the PeerId, which
 * holds it for Ed25519 and secp256k1; a PeerId without one cannot be verified.
 */
export async function verifyMessage(
  origin: PeerId,
  fields: SignedFields,
  signature: Uint8Array,
  options?: AbortOptions
): Promise<boolean> {
  return verifySignature(origin, signedBytes(fields), signature, options)
}

/** Whether the signature of the bytes is the peer's, by the key in its PeerId. */
export async function verifySignature(
  signer: PeerId,
  bytes: Uint8Array,
  signature: Uint8Array,
  options?: AbortOptions
): Promise<boolean> {
  if (signer.publicKey == null || signature.byteLength === 0) {
    return false
  }

  try {
    return await signer.publicKey.verify(bytes, signature, options)
  } catch {
    // the key's implementation throws for signatures of a wrong size
    options?.signal?.throwIfAborted()

    return false
  }
}

/** UTF-8 after its length. */
export function lengthPrefixed(text: string): Uint8Array[] {
  const bytes = uint8ArrayFromString(text)

  return [varint.encode(bytes.byteLength), bytes]
}
