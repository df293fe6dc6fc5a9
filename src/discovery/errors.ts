/** Not all neighbours were linked in time; they are still dialled. */
export class MissingNeighboursError extends Error {
  /** The addresses, or PeerIds, that were named and are not linked. */
  readonly missing: string[]

  constructor(targets: Array<{ key: string; error?: Error }>) {
    const reasons = targets.map(({ key, error }) => (error == null ? key : `${key} (${error.message})`))

    super(`No direct link with ${reasons.join(', ')} in time`)
    this.name = 'MissingNeighboursError'
    this.missing = targets.map(({ key }) => key)
  }
}
