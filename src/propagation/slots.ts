import { raceSignal } from 'race-signal'
import type { AbortOptions, PeerId } from '@libp2p/interface'

/** The place of one transfer to a peer. */
export interface Slot {
  /** Whether it keeps others from going on. */
  readonly active: boolean
  /** Lets another go on meanwhile; the transfer stays one of those that its peer may have. */
  pause(): void
  /** Takes part again, at once: what was begun is not kept waiting, and what waits to begin waits longer. */
  resume(): void
  /** Gives the place back; `resume` takes it again. */
  leave(): void
}

interface Waiting {
  peer: string
  claim(slot: Slot): void
}

/**
 * So many transfers at once, and to one peer no more than that with those that pause. Of the peers that wait the one
 * that has the fewest is next, and of those the one that came first.
 */
export class Slots {
  readonly #count: number
  /** Transfers to a peer, those that pause included. */
  readonly #held = new Map<string, number>()
  readonly #waiting = new Set<Waiting>()
  #active = 0

  constructor(count: number) {
    this.#count = count
  }

  /** Below zero when more have gone on than there are slots. */
  get free(): number {
    return this.#count - this.#active
  }

  /** Takes a slot if there is one. */
  take(peer: PeerId): Slot | undefined {
    const key = peer.toString()

    return this.#isFree(key) ? this.#give(key) : undefined
  }

  /** Waits for a slot. */
  async acquire(peer: PeerId, options?: AbortOptions): Promise<Slot> {
    options?.signal?.throwIfAborted()

    const turn = Promise.withResolvers<Slot>()
    const waiting: Waiting = { peer: peer.toString(), claim: turn.resolve }

    this.#waiting.add(waiting)
    this.#next()

    try {
      return await raceSignal(turn.promise, options?.signal)
    } catch (err) {
      this.#waiting.delete(waiting)
      // the slot may have come in the same moment
      turn.promise.then((slot) => slot.leave()).catch(() => {})

      throw err
    }
  }

  #isFree(peer: string): boolean {
    return this.free > 0 && this.#heldBy(peer) < this.#count
  }

  #heldBy(peer: string): number {
    return this.#held.get(peer) ?? 0
  }

  #give(peer: string): Slot {
    let state: 'active' | 'paused' | 'left' = 'left'

    const become = (next: typeof state): void => {
      this.#active += Number(next === 'active') - Number(state === 'active')
      this.#hold(peer, Number(next !== 'left') - Number(state !== 'left'))
      state = next
      this.#next()
    }

    become('active')

    return {
      get active() {
        return state === 'active'
      },
      pause: () => become(state === 'left' ? 'left' : 'paused'),
      resume: () => become('active'),
      leave: () => become('left')
    }
  }

  #hold(peer: string, more: number): void {
    const held = this.#heldBy(peer) + more

    if (held === 0) {
      this.#held.delete(peer)
    } else {
      this.#held.set(peer, held)
    }
  }

  #next(): void {
    let next: Waiting | undefined

    for (const waiting of this.#waiting) {
      if (
        this.#isFree(waiting.peer) &&
        (next == null || this.#heldBy(waiting.peer) < this.#heldBy(next.peer))
      ) {
        next = waiting
      }
    }

    if (next != null) {
      this.#waiting.delete(next)
      next.claim(this.#give(next.peer))
    }
  }
}
