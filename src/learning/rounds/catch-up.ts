/** Whom a node that is behind asks for a model: one peer after another, each once a round. */
export class CatchUp {
  readonly #timeout: number
  readonly #asked = new Set<string>()
  #current?: { peer: string; until: number }

  /** @param timeout - milliseconds that each has */
  constructor(timeout: number) {
    this.#timeout = timeout
  }

  /** When the peer that is asked has had its time. */
  get until(): number | undefined {
    return this.#current?.until
  }

  /** Whom to ask now, if anybody. */
  next(candidates: readonly string[], now: number): string | undefined {
    this.expire(now)

    if (this.#current != null) {
      return undefined
    }

    const peer = candidates.find((candidate) => !this.#asked.has(candidate))

    this.#current = peer == null ? undefined : { peer, until: now + this.#timeout }

    if (peer != null) {
      this.#asked.add(peer)
    }

    return peer
  }

  /** Whether that peer was asked, in this round. */
  asked(peer: string): boolean {
    return this.#asked.has(peer)
  }

  /** The peer that is asked may have had its time. */
  expire(now: number): void {
    if (this.#current != null && now >= this.#current.until) {
      this.#current = undefined
    }
  }

  /** The peer is gone, and will not answer. */
  lost(peer: string): void {
    if (this.#current?.peer === peer) {
      this.#current = undefined
    }
  }

  reset(): void {
    this.#asked.clear()
    this.#current = undefined
  }
}
