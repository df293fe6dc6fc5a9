import type { Message } from './types.ts'

/** What was heard of each origin, so that what is passed on goes round once. It keeps a number for each kind and origin. */
export class RelayLog<M> {
  readonly #heard = new Map<string, Map<string, number>>()
  readonly #rounds: number

  /** @param rounds - of learning, in all */
  constructor(rounds: number) {
    this.#rounds = rounds
  }

  /** Whether it is later than all that was heard of its origin and kind; it is heard then. */
  fresh(message: Message<M>): boolean {
    const { type, origin } = message
    const kinds = this.#heard.get(origin) ?? new Map<string, number>()
    const at = this.#ordinal(message)

    if (!(at > (kinds.get(type) ?? -Infinity))) {
      return false
    }

    this.#heard.set(origin, kinds.set(type, at))

    return true
  }

  forget(origin: string): void {
    this.#heard.delete(origin)
  }

  /** By term, and in a term by round. */
  #ordinal(message: Message<M>): number {
    const term = ('term' in message ? message.term : undefined) ?? 0

    return term * (this.#rounds + 2) + ('round' in message ? message.round : 0)
  }
}
