/** One range of a `Range` header, as RFC 9110 section 14 has it. */
import { RangeNotSatisfiableError } from './errors.ts'

export interface ByteRange {
  /** The first byte, from 0. */
  start: number
  /** The byte after the last. */
  end: number
}

/**
 * The bytes asked for; undefined for all of them, as for several ranges at
 * once, or another unit, which need not be heeded.
 *
 * @throws {RangeNotSatisfiableError} when none of the bytes is there
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? []

  if (first === '' && last === '') {
    return undefined
  }

  const range =
    first === ''
      ? { start: Math.max(0, size - Number(last)), end: size }
      : { start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) }

  if (first !== '' && last !== '' && Number(last) < Number(first)) {
    return undefined
  }

  if (range.start >= range.end) {
    throw new RangeNotSatisfiableError(size)
  }

  return range
}

/** The bytes of a range, of a source that can only be read from its beginning. */
export async function* sliceBytes(
  source: AsyncIterable<Uint8Array>,
  { start, end }: ByteRange
): AsyncGenerator<Uint8Array> {
  let position = 0

  for await (const piece of source) {
    const wanted = piece.subarray(Math.max(0, start - position), Math.max(0, end - position))

    position += piece.byteLength

    if (wanted.byteLength > 0) {
      yield wanted
    }

    if (position >= end) {
      return
    }
  }
}
