import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { fromString as uint8ArrayFromString } from 'uint8arrays/from-string'
import { concat as uint8ArrayConcat } from 'uint8arrays/concat'
import * as varint from 'uint8-varint'
import type { AbortOptions, Ed25519PublicKey, PeerId, PrivateKey } from '@libp2p/interface'

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

export interface VerifyOptions extends AbortOptions {
  /**
   * Whether an Ed25519 signature is verified on Node.js' threads, which holds up nothing else and takes a third more CPU.
   *
   * @default true
   */
  apart?: boolean
}

/**
 * Whether `signature` is the origin's. The key comes from the PeerId, which
 * holds it for Ed25519 and secp256k1; a PeerId without one cannot be verified.
 */
export async function verifyMessage(
  origin: PeerId,
  fields: SignedFields,
  signature: Uint8Array,
  options?: VerifyOptions
): Promise<boolean> {
  return verifySignature(origin, signedBytes(fields), signature, options)
}

/** What comes before the 32 bytes of an Ed25519 key in X.509's form (RFC 8410). */
const ED25519_SPKI = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00)
const ED25519_SIGNATURE_BYTES = 64

/** Keys as Node.js uses them: to make one takes nearly as long as to verify. */
const imported = new WeakMap<Ed25519PublicKey, KeyObject>()

/** With a callback, which a promise makes of it, it runs on Node.js' threads. */
const verifyApart = promisify(verify)

/** Whether the signature of the bytes is the peer's, by the key in its PeerId. */
export async function verifySignature(
  signer: PeerId,
  bytes: Uint8Array,
  signature: Uint8Array,
  options?: VerifyOptions
): Promise<boolean> {
  if (signer.publicKey == null || signature.byteLength === 0) {
    return false
  }

  try {
    if (signer.publicKey.type === 'Ed25519') {
      const valid = await verifyEd25519(signer.publicKey, bytes, signature, options?.apart ?? true)

      options?.signal?.throwIfAborted()

      return valid
    }

    return await signer.publicKey.verify(bytes, signature, options)
  } catch {
    // the key's implementation throws for signatures of a wrong size
    options?.signal?.throwIfAborted()

    return false
  }
}

async function verifyEd25519(
  key: Ed25519PublicKey,
  bytes: Uint8Array,
  signature: Uint8Array,
  apart: boolean
): Promise<boolean> {
  if (signature.byteLength !== ED25519_SIGNATURE_BYTES) {
    return false
  }

  let object = imported.get(key)

  if (object == null) {
    const spki = Buffer.from(uint8ArrayConcat([ED25519_SPKI, key.raw]))

    object = createPublicKey({ format: 'der', type: 'spki', key: spki })
    imported.set(key, object)
  }

  return apart ? verifyApart(null, bytes, object, signature) : verify(null, bytes, object, signature)
}

/** UTF-8 after its length. */
export function lengthPrefixed(text: string): Uint8Array[] {
  const bytes = uint8ArrayFromString(text)

  return [varint.encode(bytes.byteLength), bytes]
}
