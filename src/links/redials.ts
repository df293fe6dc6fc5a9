import { setMaxListeners } from '@libp2p/interface'
import { PeerMap } from '@libp2p/peer-collections'
import { Redial } from './redial.ts'
import type { PeerId } from '@libp2p/interface'

/** The peers whose link was lost: a bounded number. Those that are linked again are kept too, in case it does not last. */
export class Redials {
  readonly #max: number
  readonly #onEnd: (peer: PeerId) => void
  readonly #redials = new PeerMap<Redial>()

  /** @param onEnd - a lost peer is no longer dialled */
  constructor(max: number, onEnd: (peer: PeerId) => void = () => {}) {
    this.#max = max
    this.#onEnd = onEnd
  }

  get(peer: PeerId): Redial | undefined {
    return this.#redials.get(peer)
  }

  has(redial: Redial): boolean {
    return this.#redials.get(redial.peer) === redial
  }

  /** One for the peer, which has none; nothing when there is no room. */
  add(peer: PeerId): Redial | undefined {
    if (this.#redials.size >= this.#max && !this.#dropOne()) {
      return undefined
    }

    const redial = new Redial(peer)

    setMaxListeners(Infinity, redial.signal)
    this.#redials.set(peer, redial)

    return redial
  }

  /** Ends what is due and under way for the peer. */
  forget(peer: PeerId): void {
    const redial = this.#redials.get(peer)

    redial?.forget()
    this.#redials.delete(peer)

    if (redial?.lost === true) {
      this.#onEnd(peer)
    }
  }

  /** Those whose next attempt is due later. */
  waiting(): Redial[] {
    return [...this.#redials.values()].filter(({ waiting }) => waiting)
  }

  clear(): void {
    this.#redials.forEach((redial) => redial.forget())
    this.#redials.clear()
  }

  /** Makes room by forgetting a peer that is linked again. */
  #dropOne(): boolean {
    for (const redial of this.#redials.values()) {
      if (!redial.active) {
        this.forget(redial.peer)

        return true
      }
    }

    return false
  }
}
