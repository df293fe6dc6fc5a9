import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { Uint8ArrayList } from 'uint8arraylist'
import {
  chunkCount,
  chunkLength,
  openHeader,
  signHeader,
  verifyChunk
} from '../../../protocols/model/header.ts'
import {
  HASH_BYTES,
  MAX_CHUNK_BYTES,
  MAX_CHUNKS,
  MAX_DETAILS_BYTES,
  MAX_HEADER_BYTES,
  MIN_CHUNK_BYTES
} from '../../../protocols/model/limits.ts'
import { createModel, createOrigin, headerOf } from './support/headers.ts'
import type { ModelHeader } from '../../../protocols/model/types.ts'

const origin = await createOrigin()
const payload = randomBytes(MIN_CHUNK_BYTES * 2 + 5)

async function opened(change: Partial<ModelHeader>): Promise<ModelHeader> {
  const signed = await signHeader({ ...headerOf(origin.peerId, payload), ...change }, origin.key)

  return (await openHeader(signed.bytes, signed.signature)).header
}

describe('the header of a model', () => {
  it('comes out of its bytes as it was signed', async () => {
    const header = headerOf(origin.peerId, payload, {
      kind: 'offer',
      round: -1,
      weight: 2n ** 62n,
      details: Uint8Array.of(1, 2, 3)
    })
    const signed = await signHeader(header, origin.key)
    const read = await openHeader(signed.bytes, signed.signature)

    assert.deepEqual(
      { ...read.header, origin: String(read.header.origin) },
      {
        ...header,
        origin: String(origin.peerId),
        hashes: Uint8Array.from(header.hashes)
      }
    )
    assert.equal(read.id, signed.id)
    assert.match(read.id, /^[0-9a-f]{64}$/)
  })

  it('is accepted of an origin with a secp256k1 key', async () => {
    const other = await createOrigin('secp256k1')
    const signed = await signHeader(headerOf(other.peerId, payload), other.key)

    assert.ok((await openHeader(signed.bytes, signed.signature)).header.origin.equals(other.peerId))
  })

  it('is refused of an origin whose key is not in its PeerId', async () => {
    const key = await generateKeyPair('RSA', 2048)

    await assert.rejects(signHeader(headerOf(peerIdFromPrivateKey(key), payload), key), {
      name: 'InvalidModelHeaderError'
    })
  })

  it('is refused when any bit of it or of its signature is another', async () => {
    const signed = await signHeader(headerOf(origin.peerId, payload), origin.key)

    for (const part of ['bytes', 'signature'] as const) {
      for (let bit = 0; bit < signed[part].byteLength * 8; bit++) {
        const forged = { ...signed, [part]: Uint8Array.from(signed[part]) }
        forged[part][bit >> 3]! ^= 1 << (bit & 7)

        await assert.rejects(openHeader(forged.bytes, forged.signature), { name: 'InvalidModelHeaderError' })
      }
    }
  })

  it('is refused when another has signed it', async () => {
    const other = await createOrigin()
    const signed = await signHeader(headerOf(origin.peerId, payload), other.key)

    await assert.rejects(openHeader(signed.bytes, signed.signature), { name: 'InvalidModelHeaderError' })
  })

  it('is signed with the domain', async () => {
    const signed = await signHeader(headerOf(origin.peerId, payload), origin.key)
    const bare = await origin.key.sign(Buffer.from(signed.id, 'hex'))

    await assert.rejects(openHeader(signed.bytes, bare), { name: 'InvalidModelHeaderError' })
  })

  const bytes = (length: number): Uint8Array => new Uint8Array(length)
  const chunks = (count: number, chunkSize = MIN_CHUNK_BYTES): Partial<ModelHeader> => ({
    chunkSize,
    decodedSize: count * chunkSize,
    encodedSize: count * chunkSize,
    hashes: bytes(count * HASH_BYTES)
  })
  const limits: Array<{ id: string; at: Partial<ModelHeader>; above: Partial<ModelHeader> }> = [
    {
      id: 'details',
      at: { details: bytes(MAX_DETAILS_BYTES) },
      above: { details: bytes(MAX_DETAILS_BYTES + 1) }
    },
    { id: 'smallest chunk', at: chunks(2, MIN_CHUNK_BYTES), above: chunks(2, MIN_CHUNK_BYTES - 1) },
    { id: 'largest chunk', at: chunks(2, MAX_CHUNK_BYTES), above: chunks(2, MAX_CHUNK_BYTES + 1) },
    { id: 'chunks', at: chunks(MAX_CHUNKS), above: chunks(MAX_CHUNKS + 1) },
    { id: 'no chunk', at: chunks(0), above: { ...chunks(0), hashes: bytes(HASH_BYTES) } },
    { id: 'hashes', at: chunks(2), above: { ...chunks(2), hashes: bytes(3 * HASH_BYTES) } },
    { id: 'half a hash', at: chunks(2), above: { ...chunks(2), hashes: bytes(2 * HASH_BYTES - 1) } },
    { id: 'round', at: { round: -1 }, above: { round: -2 } },
    { id: 'weight', at: { weight: 0n }, above: { weight: -1n } },
    { id: 'federation', at: { federation: 'a'.repeat(55) }, above: { federation: 'a'.repeat(56) } },
    { id: 'sizes', at: { encoding: 'zstd', decodedSize: 1 }, above: { encoding: 'none', decodedSize: 1 } }
  ]

  for (const { id, at, above } of limits) {
    it(`is accepted at the limit and refused above it: ${id}`, async () => {
      await opened(at)
      await assert.rejects(opened(above), { name: 'InvalidModelHeaderError' })
    })
  }

  it('with all at its limit is below the limit of its bytes', async () => {
    const signed = await signHeader(
      {
        ...headerOf(origin.peerId, payload),
        ...chunks(MAX_CHUNKS, MAX_CHUNK_BYTES),
        federation: 'a'.repeat(55),
        seqno: 2n ** 64n - 1n,
        kind: 'offer',
        round: 2 ** 31 - 1,
        weight: 2n ** 63n - 1n,
        details: bytes(MAX_DETAILS_BYTES)
      },
      origin.key
    )

    assert.ok(signed.bytes.byteLength <= MAX_HEADER_BYTES)
    assert.equal(signed.header.encodedSize, MAX_CHUNKS * MAX_CHUNK_BYTES)
  })

  it('is refused above the limit of its bytes before it is read', async () => {
    await assert.rejects(openHeader(bytes(MAX_HEADER_BYTES + 1), bytes(64)), /more than/)
  })
})

describe('the chunks of a model', () => {
  it('are verified one by one, in whatever pieces they came', async () => {
    const { signed, chunks } = await createModel(MIN_CHUNK_BYTES * 2 + 5)

    assert.equal(chunkCount(signed.header), 3)
    assert.equal(chunkLength(signed.header, 2), 5)

    for (const [index, chunk] of chunks.entries()) {
      verifyChunk(signed.header, index, new Uint8ArrayList(chunk))
      verifyChunk(signed.header, index, new Uint8ArrayList(chunk.subarray(0, 3), chunk.subarray(3)))
    }
  })

  it('are wrong at another place, with another bit and in another length', async () => {
    const { signed, chunks } = await createModel(MIN_CHUNK_BYTES * 2)
    const [first, second] = chunks as [Uint8Array, Uint8Array]
    const flipped = Uint8Array.from(first)
    flipped[7]! ^= 1

    for (const wrong of [second, flipped, first.subarray(1), Buffer.concat([first, second])]) {
      assert.throws(() => verifyChunk(signed.header, 0, new Uint8ArrayList(wrong)), {
        name: 'InvalidChunkError',
        index: 0
      })
    }
  })
})
