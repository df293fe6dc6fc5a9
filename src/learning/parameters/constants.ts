/** What a header may have by default. A header is read before anything is known of its sender. */
import type { SafetensorsLimits } from './types.ts'

export const SAFETENSORS_LIMITS: Required<SafetensorsLimits> = {
  // an entry takes about 120 bytes: room for 16,384 of them, twice
  maxHeaderBytes: 4_194_304,
  // the largest published language models have a few thousand
  maxTensors: 16_384,
  maxNameBytes: 512,
  // numpy allows 64, no layer has more than 8
  maxRank: 16
}

/** The length of the header, before the header. */
export const LENGTH_BYTES = 8

/** The header ends at a multiple of it, so that every tensor is aligned. */
export const HEADER_ALIGNMENT = 8

/** Elements that are read at a time: a read from a file takes about as long as the work on what it gives. */
export const READ_ELEMENTS = 65_536

/**
 * Elements that are worked on at a time. As doubles, those of a few updates fit a
 * processor's second cache. A function that is called for a few long blocks
 * stays five times slower: V8 optimises what is called often.
 */
export const BLOCK_ELEMENTS = 4_096

/** Greatest magnitude of a 64-bit integer that a double holds exactly. */
export const MAX_EXACT = BigInt(Number.MAX_SAFE_INTEGER)
