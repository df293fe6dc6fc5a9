import { ANSWER_INTERVAL_MS, LONGEST_SPEAKING_DELAY_MS, SHORTEST_SPEAKING_DELAY_MS } from '../constants.ts'
import type { Clock, Random, Timer } from '../../lib/clock.ts'
import type { AnswerKind } from './answers.ts'

export interface ResponderInit {
  clock: Clock
  random: Random
  /** Sends an answer on an interface; whether there was anything to tell. */
  send(key: string, kind: AnswerKind): boolean
}

interface Waiting {
  kind: AnswerKind
  at: number
  timer: Timer
}

/**
 * When this node speaks of itself on each interface: soon after a question, in
 * a random moment, and no more than once a second, however many ask.
 */
export class Responder {
  readonly #clock: Clock
  readonly #random: Random
  readonly #send: ResponderInit['send']
  /** When each interface was spoken on last. */
  readonly #spokenAt = new Map<string, number>()
  readonly #waiting = new Map<string, Waiting>()
  readonly #repeats = new Map<string, Timer>()

  constructor({ clock, random, send }: ResponderInit) {
    this.#clock = clock
    this.#random = random
    this.#send = send
  }

  /** A question came in on the interface, or the beacon is due there. */
  answer(key: string, kind: AnswerKind): void {
    this.#speak(key, kind, speakingDelay(this.#random))
  }

  /** Tells unasked, and again in a second, for datagrams get lost (RFC 6762, section 8.3). */
  announce(key: string): void {
    this.#speak(key, 'all', 0)
    this.#repeats.get(key)?.clear()
    this.#repeats.set(
      key,
      this.#clock.setTimeout(() => {
        this.#repeats.delete(key)
        this.#speak(key, 'all', 0)
      }, ANSWER_INTERVAL_MS)
    )
  }

  /** The interface is gone. */
  forget(key: string): void {
    for (const slot of [key, servicesSlot(key)]) {
      this.#waiting.get(slot)?.timer.clear()
      this.#waiting.delete(slot)
      this.#spokenAt.delete(slot)
    }

    this.#repeats.get(key)?.clear()
    this.#repeats.delete(key)
  }

  /** Says nothing of what it was about to say. */
  hush(): void {
    for (const timer of [...[...this.#waiting.values()].map((one) => one.timer), ...this.#repeats.values()]) {
      timer.clear()
    }

    this.#waiting.clear()
    this.#repeats.clear()
  }

  #speak(key: string, kind: AnswerKind, delayMs: number): void {
    const slot = kind === 'services' ? servicesSlot(key) : key
    const now = this.#clock.now()
    const rest = (this.#spokenAt.get(slot) ?? -Infinity) + ANSWER_INTERVAL_MS - now
    // a clock that was set back does not silence this node
    const at = now + Math.max(delayMs, Math.min(rest, ANSWER_INTERVAL_MS))
    const waiting = this.#waiting.get(slot)
    const together = waiting == null || waiting.kind === kind ? kind : 'all'

    if (waiting != null && waiting.at <= at) {
      waiting.kind = together

      return
    }

    waiting?.timer.clear()
    this.#waiting.set(slot, {
      kind: together,
      at,
      timer: this.#clock.setTimeout(() => this.#onDue(key, slot), at - now)
    })
  }

  #onDue(key: string, slot: string): void {
    const waiting = this.#waiting.get(slot)

    this.#waiting.delete(slot)

    if (waiting != null && this.#send(key, waiting.kind)) {
      this.#spokenAt.set(slot, this.#clock.now())
    }
  }
}

/** Milliseconds to wait before speaking, in which others speak, too. */
export function speakingDelay(random: Random): number {
  return SHORTEST_SPEAKING_DELAY_MS + random() * (LONGEST_SPEAKING_DELAY_MS - SHORTEST_SPEAKING_DELAY_MS)
}

/** Another name, and so other records, which are told apart from this node's own. */
function servicesSlot(key: string): string {
  return `${key} services`
}
