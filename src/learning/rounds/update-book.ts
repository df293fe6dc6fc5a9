import type { CountedUpdate, Refusal } from './types.ts'

export interface UpdateBookInit {
  rounds: number
  maxAhead: number
  maxPeers: number
}

/** The updates of the current round, and those of the next ones that came early: one of each peer and round. */
export class UpdateBook<M> {
  readonly #init: UpdateBookInit
  /** By round, and then by peer. */
  readonly #updates = new Map<number, Map<string, M>>()
  /** The earliest round of which updates are taken. */
  #open = 0

  constructor(init: UpdateBookInit) {
    this.#init = init
  }

  /** Takes an update, or says why not. */
  offer(peer: string, round: number, model: M): Refusal | undefined {
    if (!Number.isSafeInteger(round) || round < 0 || round >= this.#init.rounds) {
      return 'no-such-round'
    }

    if (round < this.#open) {
      return 'old'
    }

    if (round > this.#open + this.#init.maxAhead) {
      return 'too-early'
    }

    const updates = this.#updates.get(round) ?? new Map<string, M>()

    if (updates.has(peer)) {
      return 'duplicate'
    }

    if (updates.size >= this.#init.maxPeers) {
      return 'full'
    }

    this.#updates.set(round, updates.set(peer, model))
  }

  has(peer: string, round: number): boolean {
    return this.#updates.get(round)?.has(peer) === true
  }

  /** Updates of a round, in the order of the peers' names. */
  of(round: number): Array<CountedUpdate<M>> {
    return [...(this.#updates.get(round) ?? [])]
      .map(([id, model]) => ({ id, model }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** Forgets the updates of rounds before that one, and takes none of them any more. */
  advance(round: number): void {
    this.#open = round

    for (const kept of this.#updates.keys()) {
      if (kept < round) {
        this.#updates.delete(kept)
      }
    }
  }

  /** How many updates are kept. */
  get size(): number {
    return [...this.#updates.values()].reduce((sum, updates) => sum + updates.size, 0)
  }
}
