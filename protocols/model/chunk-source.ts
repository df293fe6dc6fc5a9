import type { SignedHeader } from './types.ts'
import type { Uint8ArrayList } from 'uint8arraylist'

/** A model, or the part of it that is there: what a source end sends from. */
export interface ChunkSource {
  readonly signed: SignedHeader
  /** Whether every chunk is there. */
  readonly complete: boolean
  has(index: number): boolean
  /** One chunk that is there; its bytes must not change any more. */
  read(index: number): Promise<Uint8Array | Uint8ArrayList>
  /** Calls back for each chunk that comes, until the returned function is called. */
  onChunk(listener: () => void): () => void
}
