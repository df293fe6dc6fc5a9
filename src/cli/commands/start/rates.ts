import type { LinkInfo } from '../../../interface.ts'

export interface Rates {
  /** Each in a second. */
  messagesIn: number
  messagesOut: number
  bytesIn: number
  bytesOut: number
}

type Counters = Pick<LinkInfo, 'messagesSent' | 'messagesReceived' | 'bytesSent' | 'bytesReceived'>

const NOTHING: Counters = { messagesSent: 0, messagesReceived: 0, bytesSent: 0, bytesReceived: 0 }

/** What went over the links between two looks at their counters. A link that closed in between takes its last part with it. */
export class RateMeter {
  #before = new Map<string, Counters>()
  #at: number

  constructor(now: number) {
    this.#at = now
  }

  measure(links: readonly LinkInfo[], now: number): Rates {
    const seconds = Math.max(0.001, (now - this.#at) / 1_000)
    const counters = new Map(links.map((link) => [`${link.peer} ${link.openedAt}`, link] as const))
    const rate = (name: keyof Counters): number => {
      let sum = 0

      for (const [key, link] of counters) {
        sum += Math.max(0, link[name] - (this.#before.get(key) ?? NOTHING)[name])
      }

      return sum / seconds
    }
    const rates = {
      messagesIn: rate('messagesReceived'),
      messagesOut: rate('messagesSent'),
      bytesIn: rate('bytesReceived'),
      bytesOut: rate('bytesSent')
    }

    this.#before = counters
    this.#at = now

    return rates
  }
}
