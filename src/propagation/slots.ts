import { raceSignal } from 'race-signal'
import type { AbortOptions } from '@libp2p/interface'

/** So many at once, the others in the order in which they came. */
export class Slots {
  readonly #waiting = new Set<() => void>()
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  get free(): number {
    return this.#free
  }

  /** Takes a slot if there is one; the returned function gives it back, once. */
  take(): (() => void) | undefined {
    if (this.#free === 0) {
      return undefined
    }

    let given = false

    this.#free--

    return () => {
      if (!given) {
        given = true
        this.#free++
        this.#next()
      }
    }
  }

  /** Waits for a slot. */
  async acquire(options?: AbortOptions): Promise<() => void> {
    options?.signal?.throwIfAborted()

    for (;;) {
      const slot = this.#waiting.size === 0 ? this.take() : undefined

      if (slot != null) {
        return slot
      }

      const turn = Promise.withResolvers<() => void>()
      const claim = (): void => {
        const taken = this.take()

        if (taken != null) {
          this.#waiting.delete(claim)
          turn.resolve(taken)
        }
      }

      this.#waiting.add(claim)

      try {
        return await raceSignal(turn.promise, options?.signal)
      } catch (err) {
        this.#waiting.delete(claim)
        // the slot may have come in the same moment
        turn.promise.then((taken) => taken()).catch(() => {})

        throw err
      }
    }
  }

  #next(): void {
    this.#waiting.values().next().value?.()
  }
}
