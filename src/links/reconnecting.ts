import { PeerMap } from '@libp2p/peer-collections'
import type { LinkTable } from './link-table.ts'
import type { Link } from './link.ts'
import type { PeerId } from '@libp2p/interface'

export interface ReconnectingInit {
  links: LinkTable
  /** Whether any part of the overlay makes the link with the peer again. */
  isDialled(peer: PeerId): boolean
  /** Whether fewer dials have failed than give up a lost link. */
  isHopeful(peer: PeerId): boolean
  /** The link was given up, or is there again. */
  onChange(link: Link): void
}

interface Lost {
  link: Link
  /** Whether the link has not been given up. */
  hopeful: boolean
}

/** The links that were lost and are being made again. */
export class Reconnecting {
  readonly #init: ReconnectingInit
  readonly #lost = new PeerMap<Lost>()

  constructor(init: ReconnectingInit) {
    this.#init = init
  }

  /** The lost links of the peers that have none. */
  links(): Link[] {
    return Array.from(this.#lost.values(), ({ link }) => link).filter(
      ({ peer }) => !this.#init.links.has(peer)
    )
  }

  /** Whether a direct link with the peer was lost and has not been given up. */
  isDirect(peer: PeerId): boolean {
    const lost = this.#lost.get(peer)

    return lost != null && lost.link.direct && lost.hopeful
  }

  /** A link was lost. The parts that make it again may hear of it later than this. */
  add(link: Link): void {
    // an undirected link may have been made and lost before the direct one was there again
    if (this.#lost.get(link.peer)?.link.direct !== true) {
      this.#lost.set(link.peer, { link, hopeful: true })
    }

    this.check(link.peer)
  }

  /** To be called when any part has stopped to make the link again, or has made it. */
  check(peer: PeerId): void {
    queueMicrotask(() => this.#check(peer))
  }

  /** The link is no longer wanted. */
  forget(peer: PeerId): void {
    const lost = this.#lost.get(peer)

    if (lost != null) {
      this.#lost.delete(peer)
      this.#init.onChange(lost.link)
    }
  }

  clear(): void {
    for (const { link } of this.#lost.values()) {
      this.forget(link.peer)
    }
  }

  #check(peer: PeerId): void {
    const lost = this.#lost.get(peer)

    if (lost == null) {
      return
    }

    const link = this.#init.links.get(peer)
    const restored = link != null && (link.direct || !lost.link.direct)

    if (restored || !this.#init.isDialled(peer)) {
      this.forget(peer)
    } else if (lost.hopeful && !this.#init.isHopeful(peer)) {
      lost.hopeful = false
      this.#init.onChange(lost.link)
    }
  }
}
