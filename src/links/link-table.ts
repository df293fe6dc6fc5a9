import { PeerMap } from '@libp2p/peer-collections'
import { NotLinkedError } from './errors.ts'
import type { Link } from './link.ts'
import type { PeerFilter } from '../interface.ts'
import type { PeerId } from '@libp2p/interface'

/** The links that are open, at most one a peer. */
export class LinkTable implements Iterable<Link> {
  readonly #links = new PeerMap<Link>()
  readonly #self: PeerId

  constructor(self: PeerId) {
    this.#self = self
  }

  get size(): number {
    return this.#links.size
  }

  get(peer: PeerId): Link | undefined {
    return this.#links.get(peer)
  }

  /** @throws {NotLinkedError} when there is none */
  require(peer: PeerId): Link {
    const link = this.#links.get(peer)

    if (link == null) {
      throw new NotLinkedError(`There is no link to ${peer}`)
    }

    return link
  }

  has(peer: PeerId): boolean {
    return this.#links.has(peer)
  }

  add(link: Link): void {
    this.#links.set(link.peer, link)
  }

  /** Removes the peer's link if it is the one on handshake stream `id`, and returns it. */
  remove(peer: PeerId, id: string): Link | undefined {
    const link = this.#links.get(peer)

    if (link?.id !== id) {
      return undefined
    }

    this.#links.delete(peer)

    return link
  }

  select(filter: Omit<PeerFilter, 'myself'> = {}): Link[] {
    return [...this.#links.values()].filter((link) => matches(link, filter))
  }

  peers(filter: PeerFilter = {}): PeerId[] {
    const peers = this.select(filter).map((link) => link.peer)

    return filter.myself === true ? [...peers, this.#self] : peers
  }

  [Symbol.iterator](): Iterator<Link> {
    return this.#links.values()
  }
}

/** Whether the link is of the kind that is asked for. With both filters `onlyDirect` holds, as in the reference. */
export function matches(
  { direct }: Link,
  { onlyDirect = false, onlyUndirected = false }: Omit<PeerFilter, 'myself'>
): boolean {
  return onlyDirect || onlyUndirected ? direct === onlyDirect : true
}
