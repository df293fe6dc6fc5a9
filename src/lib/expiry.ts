import { LeapDetector } from './leap-detector.ts'
import { wasSetBetween } from './unset-clock.ts'
import type { Clock, Timer } from './clock.ts'

/** Milliseconds between two looks at the clock, and for entries that have expired, while there are entries. */
export const EXPIRY_TICK_MS = 1_000

export interface ExpiryInit<E> {
  clock: Clock
  entries: ReadonlyMap<string, E>
  /** Milliseconds for which an entry was made. */
  ttl(entry: E): number
  /** An entry expires at another time than it did. */
  onMoved(entry: E, key: string): void
  onExpired(entry: E, key: string): void
}

/**
 * When entries expire. While it is started and there are any, it looks after
 * the clock: what that leaps over (the machine slept, the clock was set) does
 * not count, so entries have as long to go as before. Else wall time is all
 * that is known.
 */
export class Expiry<E extends { expiresAt: number }> {
  readonly #init: ExpiryInit<E>
  readonly #leaps: LeapDetector
  #started = false
  #timer?: Timer

  constructor(init: ExpiryInit<E>) {
    this.#init = init
    this.#leaps = new LeapDetector(init.clock, EXPIRY_TICK_MS)
  }

  /** The time by which `expiresAt` is to be set. */
  now(): number {
    return this.#timer == null ? this.#init.clock.now() : this.#leaps.now()
  }

  inForce(entry: { expiresAt: number }): boolean {
    return entry.expiresAt > this.now()
  }

  /**
   * Takes an entry of an earlier run as it stands by the clock of this one. Of
   * one that was made before the clock was set, all its time is left.
   *
   * @returns whether it is in force
   */
  restore(entry: E, key: string): boolean {
    const ttl = this.#init.ttl(entry)
    const now = this.now()

    if (wasSetBetween(entry.expiresAt - ttl, now)) {
      entry.expiresAt = now + ttl
      this.#init.onMoved(entry, key)
    }

    return this.inForce(entry)
  }

  start(): void {
    if (this.#started) {
      return
    }

    const { entries, ttl, onMoved } = this.#init

    // a clock that was ahead, or was set back since, must not make an entry last longer than it was made for
    for (const [key, entry] of entries) {
      const latest = this.now() + ttl(entry)

      // written, or every further run would begin it anew
      if (entry.expiresAt > latest) {
        entry.expiresAt = latest
        onMoved(entry, key)
      }
    }

    this.#started = true
    this.watch()
  }

  stop(): void {
    this.#started = false
    this.#timer?.clear()
    this.#timer = undefined
  }

  /** To be called when there is a new entry. */
  watch(): void {
    if (this.#started && this.#timer == null && this.#init.entries.size > 0) {
      this.#leaps.restart()
      this.#schedule()
    }
  }

  #schedule(): void {
    this.#timer = this.#init.clock.setTimeout(() => this.#tick(), EXPIRY_TICK_MS)
  }

  #tick(): void {
    const { entries, onMoved, onExpired } = this.#init
    const leap = this.#leaps.tick()

    for (const [key, entry] of entries) {
      entry.expiresAt += leap

      if (!this.inForce(entry)) {
        onExpired(entry, key)
      } else if (leap !== 0) {
        onMoved(entry, key)
      }
    }

    this.#timer = undefined

    if (entries.size > 0) {
      this.#schedule()
    }
  }
}
