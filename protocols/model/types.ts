import type { PeerId } from '@libp2p/interface'

export type ModelKind = 'model' | 'offer'
export type Encoding = 'none' | 'zstd' | 'zlib' | 'brotli'
export type Status = 'ACCEPT' | 'HAVE' | 'PENDING' | 'REFUSE'

export type Reason =
  | 'UNSPECIFIED'
  | 'FEDERATION_MISMATCH'
  | 'TOO_LARGE'
  | 'UNWANTED'
  | 'BUSY'
  | 'NOT_FOUND'
  | 'CANCELLED'
  | 'STALLED'
  | 'FAILED'
  | 'SHUTTING_DOWN'
  | 'NO_SPACE'

/** What the origin says of a model and signs. */
export interface ModelHeader {
  federation: string
  origin: PeerId
  /** Grows with each model of the origin; microseconds of its clock at first. */
  seqno: bigint
  kind: ModelKind
  /** The origin's round; -1 for the model that all begin with. */
  round: number
  /** Number of samples behind the model. */
  weight: bigint
  /** What the application adds; at most 4,096 bytes. */
  details: Uint8Array
  encoding: Encoding
  /** Bytes before compression. */
  decodedSize: number
  /** Bytes as they travel. */
  encodedSize: number
  /** Bytes of each chunk but the last. */
  chunkSize: number
  /** The SHA-256 of each chunk of the encoded payload, 32 bytes each, one after another. */
  hashes: Uint8Array
}

/** A header as it travels, with what follows from it. */
export interface SignedHeader {
  header: ModelHeader
  /** The content id, in hexadecimal. */
  id: string
  /** The header as its origin serialised it. */
  bytes: Uint8Array
  signature: Uint8Array
}

/** `count` chunks from `start` on. */
export interface Range {
  start: number
  count: number
}

/** The header and signature are not looked into by the codec. */
export interface Offer {
  type: 'offer'
  header: Uint8Array
  signature: Uint8Array
  /** Whether the source has every chunk. */
  complete: boolean
}

export interface Want {
  type: 'want'
  /** The content id, in hexadecimal. */
  id: string
  /** Whether the header is wanted, too. */
  header: boolean
  ranges: Range[]
}

export interface Answer {
  type: 'answer'
  status: Status
  reason: Reason
  complete: boolean
  ranges: Range[]
}

export interface Request {
  type: 'request'
  ranges: Range[]
}

/** The next frame on the stream is the chunk's bytes. */
export interface Chunk {
  type: 'chunk'
  index: number
}

export interface Complete {
  type: 'complete'
}

export interface Cancel {
  type: 'cancel'
  reason: Reason
}

export type ModelFrame = Offer | Want | Answer | Request | Chunk | Complete | Cancel
