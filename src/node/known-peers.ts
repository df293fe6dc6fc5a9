import { PeerMap, PeerSet } from '@libp2p/peer-collections'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { systemClock } from '../lib/clock.ts'
import { OneAtATime } from './one-at-a-time.ts'
import type { Clock, Timer } from '../lib/clock.ts'
import type { Nebula, NebulaEvents } from '../interface.ts'
import type { Identify } from '@libp2p/identify'
import type { ComponentLogger, Libp2p, Logger, Peer, PeerId, PeerUpdate } from '@libp2p/interface'

export interface KnownPeersComponents {
  libp2p: Pick<Libp2p, 'getConnections' | 'addEventListener' | 'removeEventListener'> & {
    peerStore: Pick<Libp2p['peerStore'], 'all' | 'delete' | 'merge'>
  }
  nebula: Pick<Nebula, 'links' | 'redialling' | 'addEventListener' | 'removeEventListener'>
  identify: Pick<Identify, 'identify'>
  logger: ComponentLogger
}

export interface KnownPeersInit {
  maxKnownPeers: number
  /** Milliseconds for which a peer without a link is remembered after its last connection has closed. */
  strangerTtl: number
  /** Peers that are never forgotten. */
  configured: PeerId[]
  clock?: Clock
}

/** Where the peer store keeps when a peer was last linked. */
const SEEN = 'nebula-seen'

/**
 * The peers of libp2p's peer store, within a bound. libp2p keeps whoever has
 * connected for hours and in any number, so that anybody can fill the store, on
 * disk, by connecting as ever so many. Here peers that never had a link are
 * forgotten soon, and the others when there are too many.
 *
 * The store tells of each peer that it takes in, so that one that is written
 * after it was forgotten is known again, and forgotten again.
 */
export class KnownPeers {
  readonly #components: KnownPeersComponents
  readonly #init: KnownPeersInit
  readonly #clock: Clock
  readonly #log: Logger
  readonly #configured: PeerSet
  /** When those without a link are to be forgotten, the first known first. */
  readonly #strangers = new PeerMap<number>()
  /** Those that have had a link, unseen longest first. */
  readonly #linked = new PeerMap<undefined>()
  readonly #tidy: OneAtATime
  #running = false
  #timer?: Timer

  constructor(components: KnownPeersComponents, init: KnownPeersInit) {
    this.#components = components
    this.#init = init
    this.#clock = init.clock ?? systemClock
    this.#log = components.logger.forComponent('nebula:node:known-peers')
    this.#configured = new PeerSet(init.configured)
    this.#tidy = new OneAtATime(
      async () => this.#forgetSome(),
      (err) => this.#log.error('could not forget who is gone - %e', err)
    )
  }

  /** Brings what the store has within the bound; to be called before there are connections. */
  async start(): Promise<void> {
    const { libp2p, nebula } = this.#components

    this.#running = true
    libp2p.addEventListener('peer:update', this.#onUpdate)
    libp2p.addEventListener('peer:disconnect', this.#onDisconnect)
    nebula.addEventListener('link:open', this.#onLink)

    try {
      const peers = await libp2p.peerStore.all()

      for (const { id, metadata } of peers.toSorted((a, b) => seenAt(a) - seenAt(b))) {
        if (metadata.has(SEEN)) {
          this.#linked.set(id, undefined)
        } else {
          this.#strangers.set(id, Infinity)
        }
      }
    } catch (err) {
      this.#log.error('could not read who is known - %e', err)
    }

    this.#tidy.run()
    await this.#tidy.done()
  }

  /** To be called while there are links still: these are the peers seen last. */
  async stop(): Promise<void> {
    const { libp2p, nebula } = this.#components

    if (!this.#running) {
      return
    }

    this.#running = false
    libp2p.removeEventListener('peer:update', this.#onUpdate)
    libp2p.removeEventListener('peer:disconnect', this.#onDisconnect)
    nebula.removeEventListener('link:open', this.#onLink)
    this.#timer?.clear()
    this.#timer = undefined
    await this.#tidy.done()
    await Promise.all(nebula.links().map(async ({ peer }) => this.#note(peer)))
  }

  readonly #onUpdate = ({ detail: { peer } }: CustomEvent<PeerUpdate>): void => {
    if (this.#linked.has(peer.id) || this.#strangers.has(peer.id)) {
      return
    }

    this.#strangers.set(peer.id, Infinity)

    if (this.#excess > 0) {
      this.#tidy.run()
    }
  }

  readonly #onLink = ({ detail: { peer } }: NebulaEvents['link:open']): void => {
    this.#strangers.delete(peer)
    this.#seen(peer)
  }

  readonly #onDisconnect = ({ detail: peer }: CustomEvent<PeerId>): void => {
    if (this.#linked.has(peer)) {
      this.#seen(peer)
    } else {
      this.#strangers.set(peer, this.#clock.now() + this.#init.strangerTtl)
      this.#tidyLater(this.#init.strangerTtl)
    }
  }

  #seen(peer: PeerId): void {
    this.#linked.delete(peer)
    this.#linked.set(peer, undefined)
    void this.#note(peer)
  }

  /** Writes down that the peer has a link, or had until now. */
  async #note(peer: PeerId): Promise<void> {
    try {
      const metadata = { [SEEN]: fromString(String(this.#clock.now())) }

      await this.#components.libp2p.peerStore.merge(peer, { metadata })
    } catch (err) {
      this.#log.error('could not note when %p was seen - %e', peer, err)
    }
  }

  get #excess(): number {
    return this.#strangers.size + this.#linked.size - this.#init.maxKnownPeers
  }

  #tidyLater(delay: number): void {
    if (this.#running) {
      this.#timer ??= this.#clock.setTimeout(() => {
        this.#timer = undefined
        this.#tidy.run()
      }, delay)
    }
  }

  async #forgetSome(): Promise<void> {
    const now = this.#clock.now()
    let next = Infinity

    for (const [peer, at] of this.#strangers) {
      if (at > now) {
        next = Math.min(next, at)
      } else if (this.#kept(peer)) {
        // its next connection closes later
        this.#strangers.set(peer, Infinity)
      } else {
        await this.#forget(peer)
      }
    }

    // those that come back, or come anew, meanwhile are for the next time: nothing older goes in their place
    let surplus = this.#excess

    for (const peer of this.#excess > 0 ? [...this.#strangers.keys(), ...this.#linked.keys()] : []) {
      if (surplus <= 0 || this.#excess <= 0) {
        break
      }

      if (!this.#kept(peer)) {
        surplus--
        await this.#forget(peer)
      }
    }

    if (next !== Infinity) {
      this.#tidyLater(next - now)
    }
  }

  #kept(peer: PeerId): boolean {
    return (
      !this.#running ||
      this.#configured.has(peer) ||
      this.#components.libp2p.getConnections(peer).length > 0 ||
      this.#components.nebula.redialling(peer)
    )
  }

  async #forget(peer: PeerId): Promise<void> {
    const { libp2p, identify } = this.#components

    this.#strangers.delete(peer)
    this.#linked.delete(peer)
    await libp2p.peerStore.delete(peer)

    // it has come back while it was forgotten: what it said of itself may be gone
    const [connection] = libp2p.getConnections(peer)

    if (connection != null) {
      await identify.identify(connection).catch((err: Error) => {
        this.#log('could not ask %p again who it is - %e', peer, err)
      })
    }
  }
}

/** When the peer was last linked; 0 when it never was. */
function seenAt({ metadata }: Peer): number {
  const text = metadata.get(SEEN)

  return text == null ? 0 : Number(toString(text)) || 0
}
