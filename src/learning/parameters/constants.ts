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

/** Elements that are read and worked on at a time: four of these arrays of doubles fit a processor's second cache. */
export const BLOCK_ELEMENTS = 8_192

/** Greatest magnitude of a 64-bit integer that a double holds exactly. */
export const MAX_EXACT = BigInt(Number.MAX_SAFE_INTEGER)
