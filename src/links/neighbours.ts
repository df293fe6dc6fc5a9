import { PeerSet } from '@libp2p/peer-collections'
import type { LinkTable } from './link-table.ts'
import type { Reconnecting } from './reconnecting.ts'
import type { NeighbourUpdate } from '../engine/index.ts'
import type { PeerId } from '@libp2p/interface'

export interface NeighboursComponents {
  links: LinkTable
  reconnecting: Pick<Reconnecting, 'isDirect'>
}

export interface NeighboursInit {
  /** When a neighbour whose link was lost is none any more. @default 'given-up' */
  neighbourLoss?: 'given-up' | 'at-once'
  onChange(update: NeighbourUpdate): void
}

/** The neighbours as the engine knows them: the direct links, and by default those that were lost and are being made again. */
export class Neighbours {
  readonly #components: NeighboursComponents
  readonly #init: NeighboursInit
  readonly #peers = new PeerSet()

  constructor(components: NeighboursComponents, init: NeighboursInit) {
    this.#components = components
    this.#init = init
  }

  peers(): PeerId[] {
    return [...this.#peers]
  }

  /** To be called after each change of the link with the peer, or of what is done to get it back. */
  update(peer: PeerId): void {
    const { links, reconnecting } = this.#components
    const before = this.#peers.has(peer)
    const held = before && this.#init.neighbourLoss !== 'at-once' && reconnecting.isDirect(peer)
    const now = links.get(peer)?.direct === true || held

    if (now === before) {
      return
    }

    if (now) {
      this.#peers.add(peer)
    } else {
      this.#peers.delete(peer)
    }

    this.#init.onChange({ peer, added: now, neighbours: this.peers() })
  }
}
