/** What is done to columns: the n-th values of all updates. Block-wise, which a processor does several at a time. */

/** The weighted sum of each column. @param shares - together 1 */
export function weightedSum(
  inputs: readonly Float64Array[],
  shares: readonly number[],
  output: Float64Array
): void {
  output.fill(0)

  for (const [update, input] of inputs.entries()) {
    const share = shares[update] ?? 0

    if (share > 0) {
      for (let i = 0; i < output.length; i++) {
        output[i] = (output[i] ?? 0) + share * (input[i] ?? 0)
      }
    }
  }
}

/** The mean of some of the sorted values of each column. */
export function meanOfRange(
  sorted: readonly Float64Array[],
  from: number,
  to: number,
  output: Float64Array
): void {
  const shares = sorted.map((_, at) => (at >= from && at < to ? 1 / (to - from) : 0))

  weightedSum(sorted, shares, output)
}

/**
 * Sorts each column: afterwards the first array has the least values. Batcher's
 * merge-exchange sort, in which what is compared does not depend on the values.
 */
export function sortColumns(inputs: readonly Float64Array[]): void {
  for (const [low, high] of comparisons(inputs.length)) {
    const a = inputs[low]
    const b = inputs[high]

    if (a != null && b != null) {
      compareExchange(a, b)
    }
  }
}

function compareExchange(low: Float64Array, high: Float64Array): void {
  for (let i = 0; i < low.length; i++) {
    const a = low[i] ?? 0
    const b = high[i] ?? 0

    low[i] = Math.min(a, b)
    high[i] = Math.max(a, b)
  }
}

/** Which two places are compared one after another so that `count` values become sorted. */
function* comparisons(count: number): Generator<[number, number], void, undefined> {
  const top = 2 ** Math.ceil(Math.log2(Math.max(count, 2))) / 2

  for (let p = top; p >= 1; p /= 2) {
    let q = top
    let r = 0
    let d = p

    for (;;) {
      for (let i = 0; i + d < count; i++) {
        if ((i & p) === r) {
          yield [i, i + d]
        }
      }

      if (q === p) {
        break
      }

      d = q - p
      q /= 2
      r = p
    }
  }
}
