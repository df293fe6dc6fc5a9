/** Writes one after the other, so that what is kept ends as it was asked for last. A write that fails holds up none after it. */
export class WriteQueue {
  readonly #onError: (error: unknown) => void
  #last: Promise<void> = Promise.resolve()

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  /** Resolves when it is written, or has failed; never rejects. */
  async write(write: () => Promise<unknown>): Promise<void> {
    this.#last = this.#last.then(write).then(
      () => undefined,
      (error: unknown) => this.#onError(error)
    )

    await this.#last
  }

  /** Resolves when nothing waits to be written. */
  async flush(): Promise<void> {
    await this.#last
  }
}
