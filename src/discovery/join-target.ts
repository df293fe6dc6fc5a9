import { MAX_ADDRS_PER_PEER } from './constants.ts'
import type { Timer } from '../lib/clock.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface JoinTargetInit {
  key: string
  peer?: PeerId
  addrs: Multiaddr[]
  /** Whether the link is to be direct. */
  direct: boolean
  /** Whether it is so from the start, and not only when the peer has been asked to be joined. */
  atOnce?: boolean
  /** Given by the user, not found: never forgotten, and a failure is told. */
  given: boolean
  /** A neighbour of an earlier run, and nobody else names it. @default false */
  remembered?: boolean
}

/** Whom the joiner wants a link with: where it is, and what is being done about it. */
export class JoinTarget {
  readonly key: string
  readonly atOnce: boolean
  readonly given: boolean
  readonly remembered: boolean
  peer?: PeerId
  /** Tries in a row that came to nothing, or to a link that did not last. */
  failures = 0
  /** Why the last try failed. */
  error?: Error
  /** It turned out to be this node itself. */
  isSelf = false
  /** A dial is under way, not only waiting for its turn. */
  running = false
  readonly #direct: boolean
  /** The link that was lost was direct, whoever made it so. */
  #wasDirect = false
  #addrs: Multiaddr[]
  #proven = false
  #timer?: Timer
  #job?: AbortController

  constructor(init: JoinTargetInit) {
    this.key = init.key
    this.#direct = init.direct
    this.atOnce = init.atOnce ?? false
    this.given = init.given
    this.remembered = init.remembered ?? false
    this.peer = init.peer
    this.#addrs = init.addrs
  }

  /** Whether the link is to be direct. */
  get direct(): boolean {
    return this.#direct || this.#wasDirect
  }

  /** Whether there has been a link. */
  get proven(): boolean {
    return this.#proven
  }

  /** Nothing is under way and nothing is due. */
  get idle(): boolean {
    return this.#job == null && this.#timer == null
  }

  /** A try is due, and none under way. */
  get waiting(): boolean {
    return this.#job == null && this.#timer != null
  }

  /** What the user gave goes first, then what has been linked before: anybody can announce anything. */
  get priority(): number {
    return this.given ? 2 : this.#proven ? 1 : 0
  }

  /** What is dialled. Announced addresses come without the PeerId, which the dial must insist on. */
  dialAddrs(): Multiaddr[] {
    const { peer } = this

    return this.given || peer == null
      ? this.#addrs
      : this.#addrs.map((addr) => addr.encapsulate(`/p2p/${peer}`))
  }

  /** New addresses go before those that were known, which a forged announcement must not take away. */
  announced(addrs: Multiaddr[]): void {
    if (this.given) {
      return
    }

    const all = new Map([...addrs, ...this.#addrs].map((addr) => [addr.toString(), addr]))

    this.#addrs = [...all.values()].slice(0, MAX_ADDRS_PER_PEER)
  }

  linked(peer: PeerId): void {
    this.peer = peer
    this.#proven = true
    this.error = undefined
  }

  /** The next link is to be what this one was. */
  lost(direct: boolean): void {
    this.#wasDirect = direct
  }

  /** Begins a try; nothing when one is under way. */
  begin(): AbortSignal | undefined {
    this.#timer?.clear()
    this.#timer = undefined

    if (this.#job != null) {
      return undefined
    }

    this.#job = new AbortController()

    return this.#job.signal
  }

  end(): void {
    this.#job = undefined
    this.running = false
  }

  /** Takes the timer of the next try in the place of the one there is. */
  schedule(timer: Timer): void {
    this.#timer?.clear()
    this.#timer = timer
  }

  /** Ends what is under way, also where it only waits for its turn. */
  forget(): void {
    this.#timer?.clear()
    this.#timer = undefined
    this.#job?.abort()
  }
}
