import { ModelProtocolError } from './errors.ts'
import { fromRanges } from './ranges.ts'
import type { Range } from './types.ts'

/** The chunks that a sink has asked for and that have not been sent, in the order in which it asked. */
export class Wanted {
  readonly #count: number
  readonly #asked: Uint8Array
  readonly #open = new Set<number>()
  #begun = false

  /** @param count - chunks of the model */
  constructor(count: number) {
    this.#count = count
    this.#asked = new Uint8Array(count)
  }

  get size(): number {
    return this.#open.size
  }

  /** Whether anything was ever asked for. */
  get begun(): boolean {
    return this.#begun
  }

  /** @throws {ModelProtocolError} for a chunk that the model does not have or that was asked for before */
  add(ranges: Range[]): void {
    for (const index of fromRanges(ranges, this.#count)) {
      if (this.#asked[index] === 1) {
        throw new ModelProtocolError(`Chunk ${index} was asked for twice`)
      }

      this.#asked[index] = 1
      this.#open.add(index)
      this.#begun = true
    }
  }

  /** Takes the first chunk that is there. */
  take(has: (index: number) => boolean): number | undefined {
    for (const index of this.#open) {
      if (has(index)) {
        this.#open.delete(index)

        return index
      }
    }
  }
}
