import { RelayLog } from './relay-log.ts'
import type { Roster } from './roster.ts'
import type { Message } from './types.ts'

export interface CourierInit<M> {
  self: string
  rounds: number
  /** Whether what others say is passed on. */
  relays: boolean
  roster: Roster
  send(to: string[], message: Message<M>): void
}

/** Brings messages to nodes that are no neighbours: neighbours pass them on, each once. */
export class Courier<M> {
  readonly #init: CourierInit<M>
  readonly #direct = new Set<string>()
  readonly #relayed: RelayLog<M>

  constructor(init: CourierInit<M>) {
    this.#init = init
    this.#relayed = new RelayLog(init.rounds)
  }

  /** The neighbours. */
  get direct(): ReadonlySet<string> {
    return this.#direct
  }

  /** @returns whether it has become a neighbour */
  add(peer: string, direct: boolean): boolean {
    const before = this.#direct.has(peer)

    if (direct) {
      this.#direct.add(peer)
    } else {
      this.#direct.delete(peer)
    }

    return direct && !before
  }

  remove(peer: string): void {
    this.#direct.delete(peer)
    this.#relayed.forget(peer)
  }

  /** Says something to all members, or to some neighbours and to those behind them. */
  tellAll(message: Message<M>, neighbours: Iterable<string> = this.#direct): void {
    this.#init.send([...neighbours], { ...message, relay: this.#scattered })
  }

  /** Says something to the peer alone, where it is a neighbour. Otherwise the neighbours bring it there. */
  tellOne(peer: string, message: Message<M>, neighbours: Iterable<string> = this.#direct): void {
    const relay = !this.#direct.has(peer)

    this.#init.send(
      [...neighbours].filter((neighbour) => relay || neighbour === peer),
      { ...message, relay }
    )
  }

  /**
   * Passes a message on, if that is its sender's wish.
   *
   * @param addressee - for whom it is; all members when left out
   * @returns whether this node has to look at it: not when it came from another side before
   */
  passOn(from: string, message: Message<M>, addressee?: string): boolean {
    const fresh = this.#relayed.fresh(message)
    const others = [...this.#direct].filter((peer) => peer !== from && peer !== message.origin)

    if (fresh && message.relay === true && this.#init.relays && addressee !== this.#init.self) {
      this.#init.send(addressee != null && others.includes(addressee) ? [addressee] : others, message)
    }

    return fresh || from === message.origin
  }

  /** Whether there are members that are no neighbours. */
  get #scattered(): boolean {
    return this.#init.roster.peers.some((peer) => !this.#direct.has(peer))
  }
}
