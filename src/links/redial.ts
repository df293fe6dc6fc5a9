import { seenAddress } from './known-address.ts'
import type { Link } from './link.ts'
import type { Timer } from '../lib/clock.ts'
import type { Priority } from '../../protocols/handshake/index.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** One peer whose link was lost: what the link was like, and what is being done to get it back. */
export class Redial {
  readonly peer: PeerId
  direct = false
  priority: Priority = 'medium'
  /** Where the peer was, or said it was and was seen, when there was a link. */
  address?: Multiaddr
  /** Attempts so far that made no link, or none that lasted. */
  failures = 0
  /** Whether there is no link. */
  lost = false
  readonly #aborted = new AbortController()
  #timer?: Timer
  #running = false
  #lastBegin = -Infinity

  constructor(peer: PeerId) {
    this.peer = peer
  }

  get signal(): AbortSignal {
    return this.#aborted.signal
  }

  /** Whether an attempt is due or under way. */
  get active(): boolean {
    return this.#running || this.#timer != null
  }

  /** Whether an attempt is due, and none under way. */
  get waiting(): boolean {
    return !this.#running && this.#timer != null
  }

  /** When the last attempt began, in milliseconds since the Unix epoch. */
  get lastBegin(): number {
    return this.#lastBegin
  }

  /** Notes what the link was like that is to be made again. */
  lose(link: Link): void {
    this.lost = true
    this.direct = link.direct
    this.priority = link.priority
    this.address = seenAddress(link)
  }

  /** Takes the timer of the next attempt in the place of the one there is. */
  schedule(timer: Timer): void {
    this.#timer?.clear()
    this.#timer = timer
  }

  /** @returns whether the attempt may begin: one at a time */
  begin(now: number): boolean {
    this.rest()

    if (this.#running || this.signal.aborted) {
      return false
    }

    this.#running = true
    this.#lastBegin = now

    return true
  }

  end(): void {
    this.#running = false
  }

  /** No attempt is due any more. */
  rest(): void {
    this.#timer?.clear()
    this.#timer = undefined
  }

  /** Ends what is due and what is under way. */
  forget(): void {
    this.rest()
    this.#aborted.abort()
  }
}
