import { hash, randomBytes } from 'node:crypto'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { MIN_CHUNK_BYTES } from '../../../../protocols/model/limits.ts'
import { signHeader } from '../../../../protocols/model/header.ts'
import type { ModelHeader, SignedHeader } from '../../../../protocols/model/types.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'

export interface Origin {
  key: PrivateKey
  peerId: PeerId
}

export async function createOrigin(type: 'Ed25519' | 'secp256k1' = 'Ed25519'): Promise<Origin> {
  const key = await generateKeyPair(type)

  return { key, peerId: peerIdFromPrivateKey(key) }
}

/** The payload's chunks, as they travel. */
export function cut(payload: Uint8Array, chunkSize: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(payload.byteLength / chunkSize) }, (_, index) =>
    payload.subarray(index * chunkSize, (index + 1) * chunkSize)
  )
}

/** The header of an uncompressed payload. */
export function headerOf(
  origin: PeerId,
  payload: Uint8Array,
  { chunkSize = MIN_CHUNK_BYTES, ...more }: Partial<ModelHeader> = {}
): ModelHeader {
  return {
    federation: 'lab',
    origin,
    seqno: 1_700_000_000_000_000n,
    kind: 'model',
    round: 3,
    weight: 120n,
    details: new Uint8Array(0),
    encoding: 'none',
    decodedSize: payload.byteLength,
    encodedSize: payload.byteLength,
    chunkSize,
    hashes: Buffer.concat(cut(payload, chunkSize).map((chunk) => hash('sha256', chunk, 'buffer'))),
    ...more
  }
}

export interface TestModel {
  signed: SignedHeader
  payload: Uint8Array
  chunks: Uint8Array[]
}

/** A signed model of random bytes. */
export async function createModel(
  bytes: number,
  { origin, ...more }: Partial<Omit<ModelHeader, 'origin'>> & { origin?: Origin } = {}
): Promise<TestModel> {
  const { key, peerId } = origin ?? (await createOrigin())
  const payload = randomBytes(bytes)
  const header = headerOf(peerId, payload, more)

  return { signed: await signHeader(header, key), payload, chunks: cut(payload, header.chunkSize) }
}
