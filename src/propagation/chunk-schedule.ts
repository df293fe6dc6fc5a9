/**
 * Which chunks are asked of whom. A chunk is asked of one source at a time, or
 * of two where the first has fallen behind, never twice of the same, and the
 * first that lack go first.
 */
export class ChunkSchedule<Source> {
  readonly #missing: Set<number>
  /** Not asked of anyone, ascending. */
  #free: number[]
  readonly #asked = new Map<Source, Set<number>>()

  /** @param missing - ascending */
  constructor(missing: Iterable<number>) {
    this.#free = [...missing]
    this.#missing = new Set(this.#free)
  }

  get done(): boolean {
    return this.#missing.size === 0
  }

  /** Chunks that no source has been asked for. */
  get free(): number {
    return this.#free.length
  }

  /** How many chunks the source has been asked for that have not come. */
  outstanding(source: Source): number {
    return this.#asked.get(source)?.size ?? 0
  }

  /**
   * The next chunks to ask of a source.
   *
   * @param max - how many at most
   * @param mayAsk - whether the source has not been asked for the chunk before
   * @returns ascending; `asked` makes them the source's
   */
  next(max: number, mayAsk: (index: number) => boolean): number[] {
    const chunks: number[] = []

    for (const index of this.#free) {
      if (chunks.length >= max) {
        break
      }

      if (mayAsk(index)) {
        chunks.push(index)
      }
    }

    return chunks
  }

  /** As `next`, of the chunks that another source was asked for and no third one. */
  behind(slow: Source, max: number, mayAsk: (index: number) => boolean): number[] {
    return [...(this.#asked.get(slow) ?? [])]
      .filter((index) => mayAsk(index) && this.#askers(index) === 1)
      .sort((a, b) => a - b)
      .slice(0, max)
  }

  asked(source: Source, indices: number[]): void {
    const asked = this.#asked.get(source) ?? new Set<number>()
    const taken = new Set(indices)

    this.#asked.set(source, asked)
    indices.forEach((index) => asked.add(index))
    this.#free = this.#free.filter((index) => !taken.has(index))
  }

  /** The chunk has come, from whomever. */
  received(index: number): void {
    const wasMissing = this.#missing.delete(index)
    let wasAsked = false

    for (const asked of this.#asked.values()) {
      wasAsked = asked.delete(index) || wasAsked
    }

    if (wasMissing && !wasAsked) {
      this.#free = this.#free.filter((free) => free !== index)
    }
  }

  /** The source is lost: what it was asked for is to be asked of another. */
  lost(source: Source): void {
    const asked = this.#asked.get(source)

    this.#asked.delete(source)

    const free = [...(asked ?? [])].filter((index) => this.#askers(index) === 0)

    if (free.length > 0) {
      this.#free = [...this.#free, ...free].sort((a, b) => a - b)
    }
  }

  #askers(index: number): number {
    return [...this.#asked.values()].filter((asked) => asked.has(index)).length
  }
}
