import assert from 'node:assert/strict'
import { numbered } from '../ends/payload.ts'

const TIMEOUT_MS = 120_000

/** What is said: by whom, and a number that counts for each origin. */
export function textOf(origin: string, index: number, characters: number): string {
  return `${origin} ${numbered(index, characters - origin.length - 1)}`
}

/** Checks that each of a number of nodes gets every message of the others, right, and once. */
export class Arrivals {
  readonly #expected: number
  readonly #characters: number
  readonly #seen: Array<Set<string>>
  readonly #done = Promise.withResolvers<void>()
  #missing: number

  /** @param expected - messages that each node gets */
  constructor(nodes: number, expected: number, characters: number) {
    this.#expected = expected
    this.#characters = characters
    this.#seen = Array.from({ length: nodes }, () => new Set<string>())
    this.#missing = nodes * expected
    this.#done.promise.catch(() => {})
  }

  arrived(node: number, origin: string, text: string): void {
    const seen = this.#seen[node]
    const [source = '', index = ''] = text.split(' ', 2)
    const key = `${source} ${index}`

    if (source !== origin || text !== textOf(origin, Number(index), this.#characters)) {
      this.#done.reject(new Error(`node ${node} got "${text}" from ${origin}`))
    } else if (seen == null || seen.has(key)) {
      this.#done.reject(new Error(`node ${node} got a message twice`))
    } else {
      seen.add(key)

      if (--this.#missing === 0) {
        this.#done.resolve()
      }
    }
  }

  /** Resolves when all have come. */
  async complete(): Promise<void> {
    const timer = setTimeout(
      () => this.#done.reject(new Error(`${this.#missing} messages have not come`)),
      TIMEOUT_MS
    )

    try {
      await this.#done.promise
      assert.ok(this.#seen.every(({ size }) => size === this.#expected))
    } finally {
      clearTimeout(timer)
    }
  }
}
