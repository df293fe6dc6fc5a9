import { createHash, hash } from 'node:crypto'
import { peerIdFromString } from '@libp2p/peer-id'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { nebula_model as pb } from '../../proto/model.js'
import { FEDERATION_PATTERN } from '../handshake/limits.ts'
import { InvalidChunkError, InvalidModelHeaderError } from './errors.ts'
import {
  HASH_BYTES,
  MAX_CHUNK_BYTES,
  MAX_CHUNKS,
  MAX_DETAILS_BYTES,
  MAX_HEADER_BYTES,
  MAX_ORIGIN_LENGTH,
  MAX_SIGNATURE_BYTES,
  MIN_CHUNK_BYTES,
  SIGNATURE_DOMAIN
} from './limits.ts'
import type { Encoding, ModelHeader, ModelKind, SignedHeader } from './types.ts'
import type { AbortOptions, PeerId, PrivateKey } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

const toWireKind: Record<ModelKind, pb.Kind> = { model: pb.Kind.MODEL, offer: pb.Kind.OFFER }
const fromWireKind: Record<pb.Kind, ModelKind> = { [pb.Kind.MODEL]: 'model', [pb.Kind.OFFER]: 'offer' }

const toWireEncoding: Record<Encoding, pb.Encoding> = {
  none: pb.Encoding.NONE,
  zstd: pb.Encoding.ZSTD,
  zlib: pb.Encoding.ZLIB,
  brotli: pb.Encoding.BROTLI
}

const fromWireEncoding: Record<pb.Encoding, Encoding> = {
  [pb.Encoding.NONE]: 'none',
  [pb.Encoding.ZSTD]: 'zstd',
  [pb.Encoding.ZLIB]: 'zlib',
  [pb.Encoding.BROTLI]: 'brotli'
}

/** How many chunks the payload has. */
export function chunkCount({
  encodedSize,
  chunkSize
}: Pick<ModelHeader, 'encodedSize' | 'chunkSize'>): number {
  return Math.ceil(encodedSize / chunkSize)
}

/** Bytes of one chunk; only the last has fewer than the chunk size. */
export function chunkLength(header: ModelHeader, index: number): number {
  return Math.min(header.chunkSize, header.encodedSize - index * header.chunkSize)
}

/** @throws {InvalidChunkError} when the chunk is not the one that the origin signed */
export function verifyChunk(header: ModelHeader, index: number, data: Uint8ArrayList): void {
  if (data.byteLength !== chunkLength(header, index)) {
    throw new InvalidChunkError(index, `Chunk ${index} has ${data.byteLength} bytes`)
  }

  const sha256 = createHash('sha256')

  for (const piece of data) {
    sha256.update(piece)
  }

  const expected = header.hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)

  if (!sha256.digest().equals(expected)) {
    throw new InvalidChunkError(index, `Chunk ${index} is not what the header says`)
  }
}

/** The content id of a serialised header, in hexadecimal. */
export function contentId(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex')
}

/**
 * Serialises and signs a header.
 *
 * @throws {InvalidModelHeaderError} when a field is outside its limits
 */
export async function signHeader(
  header: ModelHeader,
  key: PrivateKey,
  options?: AbortOptions
): Promise<SignedHeader> {
  const bytes = pb.ModelHeader.encode({
    federation: header.federation,
    origin: header.origin.toString(),
    seqno: header.seqno,
    kind: toWireKind[header.kind],
    round: header.round,
    weight: header.weight,
    details: Uint8Array.from(header.details),
    encoding: toWireEncoding[header.encoding],
    decodedSize: BigInt(header.decodedSize),
    encodedSize: BigInt(header.encodedSize),
    chunkSize: header.chunkSize,
    hashes: Uint8Array.from(header.hashes)
  })
  const id = contentId(bytes)

  return { header: decodeHeader(bytes), id, bytes, signature: await key.sign(signedBytes(id), options) }
}

/**
 * Reads a header and verifies its signature.
 *
 * @throws {InvalidModelHeaderError} when it is malformed, outside the limits or not signed by its origin
 */
export async function openHeader(
  bytes: Uint8Array,
  signature: Uint8Array,
  options?: AbortOptions
): Promise<SignedHeader> {
  const header = decodeHeader(bytes)
  const id = contentId(bytes)
  const key = header.origin.publicKey

  if (
    key == null ||
    signature.byteLength > MAX_SIGNATURE_BYTES ||
    !(await verify(key, signedBytes(id), signature, options))
  ) {
    throw new InvalidModelHeaderError('Header is not signed by its origin')
  }

  return { header, id, bytes, signature }
}

async function verify(
  key: NonNullable<PeerId['publicKey']>,
  data: Uint8Array,
  signature: Uint8Array,
  options?: AbortOptions
): Promise<boolean> {
  try {
    return await key.verify(data, signature, options)
  } catch {
    options?.signal?.throwIfAborted()

    // some keys throw at a signature of the wrong form
    return false
  }
}

function signedBytes(id: string): Uint8Array {
  return concat([fromString(SIGNATURE_DOMAIN), fromString(id, 'base16')])
}

/** @throws {InvalidModelHeaderError} when the header is malformed or outside the limits */
export function decodeHeader(bytes: Uint8Array): ModelHeader {
  if (bytes.byteLength > MAX_HEADER_BYTES) {
    throw new InvalidModelHeaderError(`Header has more than ${MAX_HEADER_BYTES} bytes`)
  }

  let header: pb.ModelHeader

  try {
    header = pb.ModelHeader.decode(bytes)
  } catch (cause) {
    throw new InvalidModelHeaderError('Header cannot be read', { cause })
  }

  const fault = faultOf(header)

  if (fault != null) {
    throw new InvalidModelHeaderError(fault)
  }

  return {
    federation: header.federation,
    origin: readOrigin(header.origin),
    seqno: header.seqno,
    kind: fromWireKind[header.kind],
    round: header.round,
    weight: header.weight,
    details: header.details,
    encoding: fromWireEncoding[header.encoding],
    decodedSize: Number(header.decodedSize),
    encodedSize: Number(header.encodedSize),
    chunkSize: header.chunkSize,
    hashes: header.hashes
  }
}

function faultOf(header: pb.ModelHeader): string | undefined {
  const { decodedSize, encodedSize, chunkSize, hashes } = header

  if (!FEDERATION_PATTERN.test(header.federation)) {
    return 'Federation name is malformed'
  }

  if (header.round < -1 || header.weight < 0n) {
    return 'Round or weight is negative'
  }

  if (header.details.byteLength > MAX_DETAILS_BYTES) {
    return `Details have more than ${MAX_DETAILS_BYTES} bytes`
  }

  if (chunkSize < MIN_CHUNK_BYTES || chunkSize > MAX_CHUNK_BYTES) {
    return `Chunk size ${chunkSize} is outside the limits`
  }

  if (encodedSize > BigInt(chunkSize * MAX_CHUNKS) || decodedSize > BigInt(Number.MAX_SAFE_INTEGER)) {
    return 'Model has too many chunks'
  }

  if (hashes.byteLength !== chunkCount({ encodedSize: Number(encodedSize), chunkSize }) * HASH_BYTES) {
    return 'Header does not have one hash for each chunk'
  }

  if (header.encoding === pb.Encoding.NONE && decodedSize !== encodedSize) {
    return 'Sizes differ without compression'
  }
}

/** Whose signature can be verified with nothing but its PeerId. */
function readOrigin(text: string): PeerId {
  let origin: PeerId | undefined

  try {
    origin = text.length > MAX_ORIGIN_LENGTH ? undefined : peerIdFromString(text)
  } catch (cause) {
    throw new InvalidModelHeaderError('Origin is no PeerId', { cause })
  }

  // one peer has one name, or it would have several windows against replay
  if (origin?.publicKey == null || origin.toString() !== text) {
    throw new InvalidModelHeaderError('Origin is no PeerId with a key')
  }

  return origin
}
