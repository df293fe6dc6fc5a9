/** What the last cycles looked like, to know when nothing changes any more. */
export class StatusHistory {
  readonly #size: number
  #last?: string
  #repeats = 0

  /** @param size - equal cycles in a row that are enough */
  constructor(size: number) {
    this.#size = size
  }

  /** Notes a cycle; `true` when it and all that the history holds are equal, and it is full. */
  add(status: string): boolean {
    this.#repeats = status === this.#last ? this.#repeats + 1 : 1
    this.#last = status

    return this.#repeats >= this.#size
  }
}
