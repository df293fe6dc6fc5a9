import { FairShares } from './fair-shares.ts'
import type { FairSharesInit, Introducer } from './types.ts'

export interface FairBytesInit extends FairSharesInit {
  /**
   * Asks an introducer that holds the most, which may be the one that needs
   * room, to give some up with `giveBack` before this returns. When it gives up
   * none, who needs room gets none.
   */
  onShort?(id: string): void
}

/** A bounded number of bytes, of memory or of a disk, divided by introducer. */
export class FairBytes {
  readonly #shares: FairShares
  readonly #onShort: FairBytesInit['onShort']

  constructor(init: FairBytesInit) {
    this.#shares = new FairShares(init)
    this.#onShort = init.onShort
  }

  /** Bytes that are held. */
  get used(): number {
    return this.#shares.held
  }

  usedBy(id: string): number {
    return this.#shares.heldBy(id)
  }

  /** Counts bytes as held by the introducer; `false`, and nothing is counted, when there is no room for them. */
  take(introducer: Introducer, bytes: number): boolean {
    for (;;) {
      const claim = this.#shares.claim(introducer, bytes)

      if (claim.fits) {
        this.#shares.add(introducer, bytes)

        return true
      }

      if (claim.from == null) {
        return false
      }

      const before = this.#shares.heldBy(claim.from)

      this.#onShort?.(claim.from)

      if (this.#shares.heldBy(claim.from) >= before) {
        return false
      }
    }
  }

  /** Counts bytes as free again. */
  giveBack(id: string, bytes: number): void {
    this.#shares.remove(id, Math.min(bytes, this.#shares.heldBy(id)))
  }
}
