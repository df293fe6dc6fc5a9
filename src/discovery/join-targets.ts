import type { JoinTarget } from './join-target.ts'
import type { Random } from '../lib/clock.ts'
import type { PeerId } from '@libp2p/interface'

/** Whom the joiner wants links with: all that were given, and a bounded number of those that were found. */
export class JoinTargets implements Iterable<JoinTarget> {
  readonly #maxFound: number
  readonly #random: Random
  readonly #onRemoved: (target: JoinTarget) => void
  readonly #targets = new Map<string, JoinTarget>()

  constructor(maxFound: number, random: Random, onRemoved: (target: JoinTarget) => void = () => {}) {
    this.#maxFound = maxFound
    this.#random = random
    this.#onRemoved = onRemoved
  }

  has(target: JoinTarget): boolean {
    return this.#targets.get(target.key) === target
  }

  get(key: string): JoinTarget | undefined {
    return this.#targets.get(key)
  }

  /** A peer may have been found, and be named by several addresses that were given. */
  of(peer: PeerId): JoinTarget[] {
    return [...this].filter((target) => target.peer?.equals(peer) === true)
  }

  /** @returns whether there was room for it */
  add(target: JoinTarget): boolean {
    if (!target.given && !this.#makeRoom()) {
      return false
    }

    this.#targets.set(target.key, target)

    return true
  }

  clear(): void {
    for (const target of this) {
      this.remove(target)
    }
  }

  [Symbol.iterator](): Iterator<JoinTarget> {
    return this.#targets.values()
  }

  /**
   * Makes room for one more found peer; `false` when there is none. One that
   * was never linked goes first, any of them, so that a flood of made-up peers
   * cannot plan who does; one that is being dialled stays, or a flood would be
   * a storm of dials.
   */
  #makeRoom(): boolean {
    const found = [...this].filter((target) => !target.given)

    if (found.length < this.#maxFound) {
      return true
    }

    const waiting = found.filter(({ running }) => !running)
    const unproven = waiting.filter(({ proven }) => !proven)
    const candidates = unproven.length > 0 ? unproven : waiting
    const target = candidates[Math.floor(this.#random() * candidates.length)]

    if (target == null) {
      return false
    }

    this.remove(target)

    return true
  }

  remove(target: JoinTarget): void {
    target.forget()
    this.#targets.delete(target.key)
    this.#onRemoved(target)
  }
}
