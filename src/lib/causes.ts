/** Errors of one chain that are looked at. */
const MAX_ERRORS = 100

/**
 * An error with its causes, and those that an `AggregateError` holds, the outer
 * before the inner. Each comes once and their number is bounded: what a library
 * throws may be its own cause.
 */
export function causesOf(error: unknown): Error[] {
  const found = new Set<Error>()
  const waiting = [error]

  while (waiting.length > 0 && found.size < MAX_ERRORS) {
    const next = waiting.shift()

    if (next instanceof Error && !found.has(next)) {
      found.add(next)
      waiting.push(next.cause)

      if (next instanceof AggregateError) {
        waiting.push(...next.errors.slice(0, MAX_ERRORS))
      }
    }
  }

  return [...found]
}
