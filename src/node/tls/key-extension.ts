import { Boolean as AsnBoolean, Constructed, fromBER, ObjectIdentifier, OctetString, Sequence } from 'asn1js'
import { CONTEXT_CLASS, EXTENSIONS_TAG, LIBP2P_KEY_OID } from './constants.ts'
import type { BaseBlock } from 'asn1js'

/** What the extension holds: the libp2p key as it is in a PeerId, and its signature of the certificate's key. */
export interface SignedKey {
  key: Uint8Array
  signature: Uint8Array
}

/**
 * The libp2p key of a certificate.
 *
 * @throws when there is none or more than one, or an extension that is critical and not known
 */
export function readKeyExtension(der: Uint8Array): SignedKey {
  const [signed] = sequence(parseDer(der))
  const extensions = sequence(signed).find(
    ({ idBlock }) => idBlock.tagClass === CONTEXT_CLASS && idBlock.tagNumber === EXTENSIONS_TAG
  )

  if (!(extensions instanceof Constructed)) {
    throw new TypeError('There are no extensions')
  }

  const found: SignedKey[] = []

  for (const extension of sequence(extensions.valueBlock.value[0])) {
    const [id, ...rest] = sequence(extension)
    const isKey = id instanceof ObjectIdentifier && id.valueBlock.toString() === LIBP2P_KEY_OID

    if (isKey) {
      const [key, signature] = sequence(parseDer(octets(rest.at(-1))))

      found.push({ key: octets(key), signature: octets(signature) })
    } else if (rest[0] instanceof AsnBoolean && rest[0].getValue()) {
      throw new TypeError('A critical extension is not known')
    }
  }

  if (found.length !== 1 || found[0] == null) {
    throw new TypeError('There is not one libp2p key')
  }

  return found[0]
}

/** @throws when the bytes are no ASN.1 */
export function parseDer(der: Uint8Array): BaseBlock {
  const { offset, result } = fromBER(bufferOf(der))

  if (offset !== der.byteLength) {
    throw new TypeError('Bytes are no ASN.1')
  }

  return result
}

/** A buffer of its own, which asn1js asks for. */
export function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}

function sequence(block: BaseBlock | undefined): BaseBlock[] {
  if (!(block instanceof Sequence)) {
    throw new TypeError('There is no sequence')
  }

  return block.valueBlock.value
}

function octets(block: BaseBlock | undefined): Uint8Array {
  if (!(block instanceof OctetString)) {
    throw new TypeError('There is no octet string')
  }

  return new Uint8Array(block.getValue())
}
