import { BoundedMap } from '../lib/bounded-map.ts'
import { MAY_RETURN } from './close-reasons.ts'
import { MAX_ABSENT_READY_PEERS } from './constants.ts'
import type { LinkTable } from './link-table.ts'
import type { Link } from './link.ts'
import type { Neighbours } from './neighbours.ts'
import type { LinkCloseReason } from '../interface.ts'
import type { PeerId } from '@libp2p/interface'

export interface ReadinessInit {
  links: LinkTable
  neighbours: Pick<Neighbours, 'peers'>
  /** Called when the last neighbour has said that it is ready. */
  onReady(neighbours: PeerId[]): void
}

/**
 * Which neighbours are ready. What a peer said holds when its link is made
 * again, until one of the two removes the other; a bounded number of peers
 * without a link is remembered.
 */
export class Readiness {
  readonly #links: LinkTable
  readonly #neighbours: Pick<Neighbours, 'peers'>
  readonly #onReady: (neighbours: PeerId[]) => void
  readonly #absent = new BoundedMap<string, true>({ max: MAX_ABSENT_READY_PEERS })
  #announced = false

  constructor(init: ReadinessInit) {
    this.#links = init.links
    this.#neighbours = init.neighbours
    this.#onReady = init.onReady
  }

  /** The peer has said that it is ready; a peer without a link is not noted. */
  said(peer: PeerId): void {
    if (this.#links.has(peer)) {
      this.add(peer)
    }
  }

  /** Notes that the peer is ready, or will be when it is linked. */
  add(peer: PeerId): void {
    const link = this.#links.get(peer)

    if (link == null) {
      this.#absent.set(peer.toString(), true)
    } else {
      link.ready = true
      this.update()
    }
  }

  /** To be called with each link that opens, before it is shown. */
  opened(link: Link): void {
    link.ready ||= this.#absent.take(link.peer.toString()) === true
  }

  /** To be called with each link that ends. */
  closed({ peer, ready }: Link, reason: LinkCloseReason): void {
    if (ready && MAY_RETURN.has(reason)) {
      this.#absent.set(peer.toString(), true)
    }
  }

  /** The peer was removed while there was no link with it. */
  forget(peer: PeerId): void {
    this.#absent.delete(peer.toString())
  }

  clear(): void {
    this.#absent.clear()
  }

  peers(): PeerId[] {
    return [...this.#links].filter((link) => link.ready).map((link) => link.peer)
  }

  /** Whether there are neighbours and all of them are ready. */
  check(): boolean {
    const neighbours = this.#neighbours.peers()

    return (
      neighbours.length > 0 &&
      neighbours.every((peer) => this.#links.get(peer)?.ready ?? this.#absent.has(peer.toString()))
    )
  }

  /** To be called after each change of the set of neighbours. */
  update(): void {
    const ready = this.check()

    if (ready && !this.#announced) {
      this.#onReady(this.#neighbours.peers())
    }

    this.#announced = ready
  }
}
