import type { ReplayGuard } from './replay-guard.ts'
import type { Link, LinkManager } from '../links/index.ts'
import type { Startable } from '@libp2p/interface'

/** Tells replay guards which peers are linked. */
export class LinkedOrigins implements Startable {
  readonly #linkManager: LinkManager
  readonly #guards: ReplayGuard[]

  constructor(linkManager: LinkManager, guards: ReplayGuard[]) {
    this.#linkManager = linkManager
    this.#guards = guards
  }

  start(): void {
    this.#linkManager.addEventListener('open', this.#onOpen)
    this.#linkManager.addEventListener('close', this.#onClose)

    // some may have been made meanwhile
    for (const { peer } of this.#linkManager.links.select()) {
      this.#linked(peer.toString())
    }
  }

  stop(): void {
    this.#linkManager.removeEventListener('open', this.#onOpen)
    this.#linkManager.removeEventListener('close', this.#onClose)

    for (const { peer } of this.#linkManager.links.select()) {
      this.#unlinked(peer.toString())
    }
  }

  #linked(peer: string): void {
    this.#guards.forEach((guard) => guard.link(peer))
  }

  #unlinked(peer: string): void {
    this.#guards.forEach((guard) => guard.unlink(peer))
  }

  readonly #onOpen = ({ detail: { peer } }: CustomEvent<Link>): void => {
    this.#linked(peer.toString())
  }

  readonly #onClose = ({ detail: { link } }: CustomEvent<{ link: Link }>): void => {
    // another link may have taken its place
    if (!this.#linkManager.links.has(link.peer)) {
      this.#unlinked(link.peer.toString())
    }
  }
}
