/** Work that is done again when it is asked for while it is being done, and never twice at the same time. */
export class OneAtATime {
  readonly #work: () => Promise<void>
  readonly #onError: (err: Error) => void
  #current?: Promise<void>
  #again = false

  constructor(work: () => Promise<void>, onError: (err: Error) => void) {
    this.#work = work
    this.#onError = onError
  }

  run(): void {
    if (this.#current == null) {
      this.#current = this.#run()
    } else {
      this.#again = true
    }
  }

  /** Resolves when what is under way has been done. */
  async done(): Promise<void> {
    await this.#current
  }

  async #run(): Promise<void> {
    do {
      this.#again = false
      await this.#work().catch(this.#onError)
    } while (this.#again)

    this.#current = undefined
  }
}
