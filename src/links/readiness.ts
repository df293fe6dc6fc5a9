import type { LinkTable } from './link-table.ts'
import type { PeerId } from '@libp2p/interface'

export interface ReadinessInit {
  links: LinkTable
  /** Called when the last neighbour has said that it is ready. */
  onReady(neighbours: PeerId[]): void
}

/** Which neighbours have said `federation_ready`. The mark is the link's: a peer that links anew says it anew. */
export class Readiness {
  readonly #links: LinkTable
  readonly #onReady: (neighbours: PeerId[]) => void
  #announced = false

  constructor(init: ReadinessInit) {
    this.#links = init.links
    this.#onReady = init.onReady
  }

  /** Notes that the peer is ready; a peer without a link is not noted. */
  add(peer: PeerId): void {
    const link = this.#links.get(peer)

    if (link == null) {
      return
    }

    link.ready = true
    this.update()
  }

  peers(): PeerId[] {
    return [...this.#links].filter((link) => link.ready).map((link) => link.peer)
  }

  /** Whether there are neighbours and all of them are ready. */
  check(): boolean {
    const neighbours = this.#links.select({ onlyDirect: true })

    return neighbours.length > 0 && neighbours.every((link) => link.ready)
  }

  /** To be called after each change of the set of neighbours. */
  update(): void {
    const ready = this.check()

    if (ready && !this.#announced) {
      this.#onReady(this.#links.peers({ onlyDirect: true }))
    }

    this.#announced = ready
  }
}
