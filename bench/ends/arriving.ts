import { now } from '../now.ts'
import { numbered } from './payload.ts'
import type { Nebula, ReceivedMessage } from '../../src/index.ts'

/** The messages that come to a node, checked for being those that were sent, in their order. */
export class Arriving {
  /** When each came; rejects when one is wrong. */
  readonly all: Promise<number[]>
  readonly #times: number[] = []
  readonly #waiting = new Map<number, () => void>()
  readonly #nebula: Nebula
  readonly #onMessage: (event: CustomEvent<ReceivedMessage<'response'>>) => void

  /** @param count - after which it stops to look */
  constructor(nebula: Nebula, count: number, characters: number) {
    const { promise, resolve, reject } = Promise.withResolvers<number[]>()

    this.#nebula = nebula
    this.#onMessage = ({ detail: { message } }) => {
      if (message.fields.response !== numbered(this.#times.length, characters)) {
        reject(new Error(`message ${this.#times.length} is "${message.fields.response}"`))
      }

      this.#times.push(now())
      this.#waiting.get(this.#times.length)?.()

      if (this.#times.length === count) {
        resolve(this.#times)
        this.stop()
      }
    }

    this.all = promise
    this.all.catch(() => {})
    nebula.addEventListener('message:response', this.#onMessage)
  }

  stop(): void {
    this.#nebula.removeEventListener('message:response', this.#onMessage)
  }

  /** When the first ones came; waits for them. */
  async first(count: number): Promise<number[]> {
    if (this.#times.length < count) {
      const { promise, resolve } = Promise.withResolvers<void>()

      this.#waiting.set(count, resolve)
      await Promise.race([promise, this.all])
    }

    return this.#times.slice(0, count)
  }
}
