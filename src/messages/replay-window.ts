import { REPLAY_WINDOW } from './constants.ts'

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

  /** The greatest number, where this one is so far behind it that it is taken for seen. */
  behind(seqno: bigint): bigint | undefined {
    return this.#newest != null && this.#newest - seqno >= BigInt(this.#size) ? this.#newest : undefined
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
