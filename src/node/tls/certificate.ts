import { generateKeyPair, randomBytes, sign, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { publicKeyFromProtobuf, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { InvalidCryptoExchangeError, UnexpectedPeerError } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import {
  BitString,
  Boolean as AsnBoolean,
  Constructed,
  GeneralizedTime,
  Integer,
  ObjectIdentifier,
  OctetString,
  Sequence,
  UTCTime
} from 'asn1js'
import { concat as uint8ArrayConcat } from 'uint8arrays/concat'
import { fromString as uint8ArrayFromString } from 'uint8arrays/from-string'
import { CONTEXT_CLASS, EXTENSIONS_TAG, LIBP2P_KEY_OID } from './constants.ts'
import { bufferOf, parseDer, readKeyExtension } from './key-extension.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { BaseBlock } from 'asn1js'

const ECDSA_WITH_SHA256_OID = '1.2.840.10045.4.3.2'
const DOMAIN = uint8ArrayFromString('libp2p-tls-handshake:')
const SERIAL_BYTES = 8

export interface Certificate {
  /** In PEM. */
  cert: string
  /** In PEM. */
  key: string
}

/**
 * A certificate as libp2p's TLS wants it
 * (https://github.com/libp2p/specs/blob/master/tls/tls.md), with a key of its
 * own. It is valid at all times: a peer that looks at its dates may have a clock
 * that is wrong, and so may this node.
 */
export async function createCertificate(privateKey: PrivateKey): Promise<Certificate> {
  const keys = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
  const spki = keys.publicKey.export({ type: 'spki', format: 'der' })
  const signed = new Sequence({
    value: [
      context(0, new Integer({ value: 2 })),
      new Integer({ valueHex: bufferOf(serialNumber()) }),
      algorithm(),
      new Sequence({ value: [] }),
      new Sequence({
        value: [
          new UTCTime({ valueDate: new Date(0) }),
          // the date that says that there is none (RFC 5280, 4.1.2.5)
          new GeneralizedTime({ valueDate: new Date('9999-12-31T23:59:59Z') })
        ]
      }),
      new Sequence({ value: [] }),
      parseDer(spki),
      context(EXTENSIONS_TAG, new Sequence({ value: [await keyExtension(privateKey, spki)] }))
    ]
  })
  const signature = sign('sha256', Buffer.from(signed.toBER()), keys.privateKey)
  const certificate = new Sequence({
    value: [signed, algorithm(), new BitString({ valueHex: bufferOf(signature) })]
  })

  return {
    cert: new X509Certificate(Buffer.from(certificate.toBER())).toString(),
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  }
}

/**
 * Who a peer's certificate says it is, once all that proves it is right: the
 * certificate is signed with its own key, which TLS has shown the peer to hold,
 * and which the libp2p key in it has signed. Its dates prove nothing: a peer
 * makes its certificate itself, as old as it likes.
 *
 * @param der - the certificate
 * @param expected - who it must be, if that is known
 * @throws {InvalidCryptoExchangeError} when it is not as it should be
 * @throws {UnexpectedPeerError} when it is another peer's
 */
export async function verifyCertificate(der: Uint8Array, expected?: PeerId): Promise<PeerId> {
  const { selfSigned, spki, key, signature } = read(der)

  if (!selfSigned) {
    throw new InvalidCryptoExchangeError('The certificate is not signed with its own key')
  }

  if (!(await isSigned(key, spki, signature))) {
    throw new InvalidCryptoExchangeError('The key of the certificate is not signed with the libp2p key in it')
  }

  const peer = peerIdFromPublicKey(key)

  if (expected?.equals(peer) === false) {
    throw new UnexpectedPeerError(`Expected ${expected}, and it is ${peer}`)
  }

  return peer
}

interface Read {
  /** Whether it is signed with its own key. */
  selfSigned: boolean
  /** The certificate's key. */
  spki: Uint8Array
  key: ReturnType<typeof publicKeyFromProtobuf>
  signature: Uint8Array
}

function read(der: Uint8Array): Read {
  try {
    const { key, signature } = readKeyExtension(der)
    const certificate = new X509Certificate(der)
    const { publicKey } = certificate

    return {
      selfSigned: certificate.verify(publicKey) && certificate.subject === certificate.issuer,
      spki: publicKey.export({ type: 'spki', format: 'der' }),
      key: publicKeyFromProtobuf(key),
      signature
    }
  } catch (cause) {
    const error = new InvalidCryptoExchangeError('The certificate cannot be read, or holds no libp2p key')

    error.cause = cause
    throw error
  }
}

async function isSigned(key: Read['key'], spki: Uint8Array, signature: Uint8Array): Promise<boolean> {
  try {
    return await key.verify(uint8ArrayConcat([DOMAIN, spki]), signature)
  } catch {
    // the key's implementation throws for signatures of a wrong size
    return false
  }
}

async function keyExtension(privateKey: PrivateKey, spki: Uint8Array): Promise<Sequence> {
  const signature = await privateKey.sign(uint8ArrayConcat([DOMAIN, spki]))
  const signedKey = new Sequence({
    value: [
      new OctetString({ valueHex: bufferOf(publicKeyToProtobuf(privateKey.publicKey)) }),
      new OctetString({ valueHex: bufferOf(signature) })
    ]
  })

  return new Sequence({
    value: [
      new ObjectIdentifier({ value: LIBP2P_KEY_OID }),
      new AsnBoolean({ value: true }),
      new OctetString({ valueHex: signedKey.toBER() })
    ]
  })
}

function algorithm(): Sequence {
  return new Sequence({ value: [new ObjectIdentifier({ value: ECDSA_WITH_SHA256_OID })] })
}

function context(tagNumber: number, value: BaseBlock): Constructed {
  return new Constructed({ idBlock: { tagClass: CONTEXT_CLASS, tagNumber }, value: [value] })
}

/** Positive, and as short as its encoding may be: the first bit is 0, the second is 1. */
function serialNumber(): Uint8Array {
  const bytes = new Uint8Array(randomBytes(SERIAL_BYTES))

  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f)

  return bytes
}
