import { FAR_FACTOR, MAX_COMPARED, MIN_COMPARED_UPDATES } from './constants.ts'

interface Pair {
  a: number
  b: number
  /** The sum of the squared differences so far. */
  sum: number
}

/** The Euclidean distances of updates from each other, added up block by block. */
export class Distances {
  readonly #count: number
  readonly #pairs: Pair[] = []

  /**
   * @param count - how many updates there are
   * @param all - whether each is compared with all others, or with `MAX_COMPARED` at most
   */
  constructor(count: number, all: boolean) {
    const furthest = all ? count : MAX_COMPARED / 2

    this.#count = count

    // each with those that follow it, as in a ring
    for (let a = 0; a < count; a++) {
      for (let b = a + 1; b < count; b++) {
        if (Math.min(b - a, count - (b - a)) <= furthest) {
          this.#pairs.push({ a, b, sum: 0 })
        }
      }
    }
  }

  add(inputs: readonly Float64Array[]): void {
    for (const pair of this.#pairs) {
      const a = inputs[pair.a]
      const b = inputs[pair.b]

      if (a != null && b != null) {
        pair.sum += squaredDistance(a, b)
      }
    }
  }

  /** The squared distances of an update from those that it was compared with, the least first. */
  squared(update: number): number[] {
    return this.#pairs
      .filter(({ a, b }) => a === update || b === update)
      .map(({ sum }) => (Number.isNaN(sum) ? Infinity : sum))
      .sort((a, b) => a - b)
  }

  /**
   * For each update the median of its distances, the lower of two, so that less
   * than half of the others together cannot make it look far; and whether it is far.
   */
  spread(): Array<{ distance: number; far: boolean }> {
    const medians = Array.from({ length: this.#count }, (_, update) =>
      Math.sqrt(lowerMedian(this.squared(update)))
    )
    const usual = lowerMedian(medians.toSorted((a, b) => a - b))
    const comparable = this.#count >= MIN_COMPARED_UPDATES && usual > 0

    return medians.map((distance) => ({ distance, far: comparable && distance > FAR_FACTOR * usual }))
  }
}

/** @param sorted - the least first; 0 when there is none */
function lowerMedian(sorted: readonly number[]): number {
  return sorted[(sorted.length - 1) >> 1] ?? 0
}

/** Four sums, because each addition waits for the one before it. */
function squaredDistance(a: Float64Array, b: Float64Array): number {
  const length = Math.min(a.length, b.length)
  const whole = length - (length % 4)
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0

  for (let i = 0; i < whole; i += 4) {
    const d0 = (a[i] ?? 0) - (b[i] ?? 0)
    const d1 = (a[i + 1] ?? 0) - (b[i + 1] ?? 0)
    const d2 = (a[i + 2] ?? 0) - (b[i + 2] ?? 0)
    const d3 = (a[i + 3] ?? 0) - (b[i + 3] ?? 0)

    s0 += d0 * d0
    s1 += d1 * d1
    s2 += d2 * d2
    s3 += d3 * d3
  }

  for (let i = whole; i < length; i++) {
    const d = (a[i] ?? 0) - (b[i] ?? 0)

    s0 += d * d
  }

  return s0 + s1 + s2 + s3
}
