import { MAX_REPLAY_ORIGINS, REPLAY_WINDOW } from './constants.ts'

const WORD_BITS = 32

/**
 * Which of an origin's latest sequence numbers were seen, as IPsec's
 * anti-replay window (RFC 4303, 3.4.3): messages may come in any order over
 * many paths, each number counts once, and what is older than the window is
 * taken for seen.
 */
export class ReplayWindow {
  readonly #size: number
  /** A ring of bits: number `n` has bit `n mod size`. */
  readonly #bits: Uint32Array
  #newest: bigint | undefined

  constructor(size = REPLAY_WINDOW) {
    this.#size = Math.ceil(size / WORD_BITS) * WORD_BITS
    this.#bits = new Uint32Array(this.#size / WORD_BITS)
  }

  /** Whether the number was seen, or is so old that it counts as seen. */
  has(seqno: bigint): boolean {
    if (this.#newest == null || seqno > this.#newest) {
      return false
    }

    const size = BigInt(this.#size)
    const index = Number(seqno % size)

    return (
      this.#newest - seqno >= size ||
      ((this.#bits[Math.floor(index / WORD_BITS)] ?? 0) & (1 << (index % WORD_BITS))) !== 0
    )
  }

  /** Whether the number is new; it is not the next time. */
  accept(seqno: bigint): boolean {
    const size = BigInt(this.#size)

    if (this.#newest == null) {
      this.#newest = seqno
    } else if (seqno > this.#newest) {
      this.#advance(seqno - this.#newest < size ? Number(seqno - this.#newest) : this.#size)
      this.#newest = seqno
    } else if (this.#newest - seqno >= size) {
      return false
    }

    const index = Number(seqno % size)
    const word = Math.floor(index / WORD_BITS)
    const bit = 1 << (index % WORD_BITS)

    if (((this.#bits[word] ?? 0) & bit) !== 0) {
      return false
    }

    this.#bits[word] = (this.#bits[word] ?? 0) | bit

    return true
  }

  /** Clears the bits of the `count` numbers after the newest. */
  #advance(count: number): void {
    if (count >= this.#size) {
      this.#bits.fill(0)

      return
    }

    const newest = Number((this.#newest ?? 0n) % BigInt(this.#size))

    for (let i = 1; i <= count; i++) {
      const index = (newest + i) % this.#size
      const word = Math.floor(index / WORD_BITS)

      this.#bits[word] = (this.#bits[word] ?? 0) & ~(1 << (index % WORD_BITS))
    }
  }
}

export interface ReplayGuardInit {
  /** @default 1_024 */
  window?: number
  /** @default 10_000 */
  maxOrigins?: number
}

/** A replay window for each origin. */
export class ReplayGuard {
  readonly #window: number
  readonly #maxOrigins: number
  /** In the order last heard. */
  readonly #origins = new Map<string, ReplayWindow>()

  constructor(init: ReplayGuardInit = {}) {
    this.#window = init.window ?? REPLAY_WINDOW
    this.#maxOrigins = init.maxOrigins ?? MAX_REPLAY_ORIGINS
  }

  get size(): number {
    return this.#origins.size
  }

  /** Whether the origin's number was seen. */
  knows(origin: string, seqno: bigint): boolean {
    return this.#origins.get(origin)?.has(seqno) === true
  }

  /** Whether the origin's message is new; only verified ones may be asked for, or anybody could use up numbers. */
  accept(origin: string, seqno: bigint): boolean {
    const window = this.#origins.get(origin) ?? new ReplayWindow(this.#window)

    this.#origins.delete(origin)
    this.#origins.set(origin, window)

    if (this.#origins.size > this.#maxOrigins) {
      const [oldest] = this.#origins.keys()

      this.#origins.delete(oldest ?? '')
    }

    return window.accept(seqno)
  }

  clear(): void {
    this.#origins.clear()
  }
}
