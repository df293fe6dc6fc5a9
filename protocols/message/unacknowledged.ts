import { TimeoutError } from '@libp2p/interface'
import { Watchdog } from '../../src/lib/watchdog.ts'
import { InvalidAckError } from './errors.ts'
import type { Clock } from '../../src/lib/clock.ts'

/** Where the settled part of the list is cut off: a shift for each message would move all others. */
const CUT_AT = 1_024

export interface UnacknowledgedInit {
  clock: Clock
  /** Milliseconds that the peer may acknowledge nothing while there is something to. */
  timeout: number
  onTimeout(error: Error): void
}

/** The messages that were sent and not yet acknowledged, in the order in which they were sent. */
export class Unacknowledged {
  readonly #watch: Watchdog
  #sent: Array<PromiseWithResolvers<bigint | undefined>> = []
  #settled = 0
  #changed?: PromiseWithResolvers<void>

  constructor({ clock, timeout, onTimeout }: UnacknowledgedInit) {
    this.#watch = new Watchdog(clock, timeout, () =>
      onTimeout(new TimeoutError(`Peer acknowledged nothing for ${timeout} ms`))
    )
  }

  get size(): number {
    return this.#sent.length - this.#settled
  }

  add(done: PromiseWithResolvers<bigint | undefined>): void {
    this.#sent.push(done)
    this.#watch.start()
  }

  /**
   * Settles the oldest, with the number that the peer names with them.
   *
   * @throws {InvalidAckError} when there are not so many; none is settled then
   */
  acknowledge(count: number, beyond?: bigint): void {
    if (count > this.size) {
      throw new InvalidAckError(`${count} messages are acknowledged, ${this.size} were sent`)
    }

    for (const end = this.#settled + count; this.#settled < end; this.#settled++) {
      this.#sent[this.#settled]?.resolve(beyond)
    }

    if (this.size === 0) {
      this.#clear()
    } else {
      this.#watch.restart()
    }

    if (this.#settled >= CUT_AT) {
      this.#sent = this.#sent.slice(this.#settled)
      this.#settled = 0
    }

    this.#change()
  }

  /** Settles all. */
  reject(error: Error): void {
    const rejected = this.#sent.slice(this.#settled)

    this.#clear()
    rejected.forEach((done) => done.reject(error))
    this.#change()
  }

  /** Resolves when there are fewer. */
  async changed(): Promise<void> {
    this.#changed ??= Promise.withResolvers()

    return this.#changed.promise
  }

  #clear(): void {
    this.#sent = []
    this.#settled = 0
    this.#watch.stop()
  }

  #change(): void {
    this.#changed?.resolve()
    this.#changed = undefined
  }
}
