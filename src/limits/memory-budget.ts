import { MAX_BUFFERED_BYTES, SHED_TO } from './constants.ts'
import type { Budget } from '../../protocols/budget.ts'
import type { MessagePriority } from '../../protocols/message/index.ts'
import type { PeerId } from '@libp2p/interface'

/** A buffer that can let go of messages that have not been sent. */
export interface Sheddable {
  /** Lets go of messages of the priority that hold `bytes` bytes, or of all; returns how many bytes they held. */
  shed(priority: MessagePriority, bytes: number): number
}

export interface MemoryBudgetInit {
  /** @default 256 MiB */
  maxBufferedBytes?: number
  /** The peer with the lowest loses its messages first. @default all are the same */
  scoreOf?(peer: PeerId): number
}

/** The least important first. */
const PRIORITIES: readonly MessagePriority[] = ['low', 'medium', 'high']

/**
 * What the buffers of all peers hold, and its bound. Beyond it messages that
 * wait to be sent are dropped, the least important first and among those the
 * ones for the peers of the lowest score; each rejects the promise of its
 * sender. What was received is not dropped: nothing more is read.
 */
export class MemoryBudget implements Budget {
  readonly #max: number
  readonly #scoreOf: (peer: PeerId) => number
  readonly #buffers = new Map<Sheddable, PeerId>()
  #used = 0
  #shed = 0

  constructor(init: MemoryBudgetInit = {}) {
    this.#max = init.maxBufferedBytes ?? MAX_BUFFERED_BYTES
    this.#scoreOf = init.scoreOf ?? (() => 0)
  }

  /** Bytes that are held. */
  get used(): number {
    return this.#used
  }

  /** Bytes of messages that were dropped so far. */
  get shed(): number {
    return this.#shed
  }

  get exhausted(): boolean {
    return this.#used >= this.#max
  }

  add(bytes: number): void {
    this.#used += bytes

    if (bytes > 0 && this.#used > this.#max) {
      this.#makeRoom(this.#used - this.#max * SHED_TO)
    }
  }

  /** The buffer of a link, from which messages may be dropped until it is unregistered. */
  register(peer: PeerId, buffer: Sheddable): void {
    this.#buffers.set(buffer, peer)
  }

  unregister(buffer: Sheddable): void {
    this.#buffers.delete(buffer)
  }

  #makeRoom(excess: number): void {
    const buffers = Array.from(this.#buffers, ([buffer, peer]) => ({
      buffer,
      score: this.#scoreOf(peer)
    })).sort((a, b) => a.score - b.score)
    let left = excess

    for (const priority of PRIORITIES) {
      for (const { buffer } of buffers) {
        const freed = buffer.shed(priority, left)

        this.#shed += freed
        left -= freed

        if (left <= 0) {
          return
        }
      }
    }
  }
}
