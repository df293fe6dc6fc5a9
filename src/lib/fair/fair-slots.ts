import { FairShares } from './fair-shares.ts'
import type { FairSharesInit, Introducer } from './types.ts'

interface Held {
  introducer: string
  onTaken?: () => void
}

/**
 * A bounded number of slots for work under way, divided by introducer. When
 * none is free, one is taken from whoever holds the most, if that slot may be
 * taken; who would then hold as many as that itself gets none.
 */
export class FairSlots {
  readonly #shares: FairShares
  /** Those of each introducer, the oldest first. */
  readonly #held = new Map<string, Set<Held>>()

  constructor(init: FairSharesInit) {
    this.#shares = new FairShares(init)
  }

  /** How many are in use. */
  get used(): number {
    return this.#shares.held
  }

  usedBy(id: string): number {
    return this.#shares.heldBy(id)
  }

  /**
   * Gets a slot.
   *
   * @param onTaken - ends the work when the slot is taken for an introducer that holds fewer; without it the slot is never taken
   * @returns what gives the slot back, also when called again or after it was taken; undefined when there is no slot
   */
  enter(introducer: Introducer, onTaken?: () => void): (() => void) | undefined {
    for (;;) {
      const claim = this.#shares.claim(introducer, 1)

      if (claim.fits) {
        break
      }

      if (claim.from == null || claim.from === introducer.id || !this.#takeFrom(claim.from)) {
        return undefined
      }
    }

    const slot: Held = { introducer: introducer.id, onTaken }
    const slots = this.#held.get(introducer.id) ?? new Set<Held>()

    this.#held.set(introducer.id, slots.add(slot))
    this.#shares.add(introducer, 1)

    return () => this.#leave(slot)
  }

  #takeFrom(id: string): boolean {
    const slot = [...(this.#held.get(id) ?? [])].find(({ onTaken }) => onTaken != null)

    if (slot == null) {
      return false
    }

    this.#leave(slot)
    slot.onTaken?.()

    return true
  }

  #leave(slot: Held): void {
    const slots = this.#held.get(slot.introducer)

    if (slots?.delete(slot) !== true) {
      return
    }

    this.#shares.remove(slot.introducer, 1)

    if (slots.size === 0) {
      this.#held.delete(slot.introducer)
    }
  }
}
