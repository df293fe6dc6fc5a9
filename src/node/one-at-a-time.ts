import { toError } from '../lib/to-error.ts'

/** Work that is done again when it is asked for while it is being done, and never twice at the same time. */
export class OneAtATime {
  readonly #work: () => Promise<void>
  readonly #onError: (err: Error) => void
  #current?: PromiseWithResolvers<void>
  #again = false

  constructor(work: () => Promise<void>, onError: (err: Error) => void) {
    this.#work = work
    this.#onError = onError
  }

  run(): void {
    this.#again = true

    if (this.#current == null) {
      // stands before the work begins, which may end, or fail, within the call
      this.#current = Promise.withResolvers()
      void this.#run(this.#current)
    }
  }

  /** Resolves when what is under way has been done. */
  async done(): Promise<void> {
    await this.#current?.promise
  }

  async #run(over: PromiseWithResolvers<void>): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false

        try {
          await this.#work()
        } catch (err) {
          this.#onError(toError(err))
        }
      }
    } finally {
      this.#current = undefined
      over.resolve()
    }
  }
}
