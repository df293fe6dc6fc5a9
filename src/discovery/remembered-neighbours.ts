import { PeerMap } from '@libp2p/peer-collections'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { Key } from 'interface-datastore'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { peerOf } from '../lib/net/index.ts'
import { WriteQueue } from '../lib/write-queue.ts'
import { knownAddress } from '../links/known-address.ts'
import { MAX_ADDRS_PER_PEER } from './constants.ts'
import type { LinkCloseReason } from '../interface.ts'
import type { Link, LinkManager, LinkManagerEvents } from '../links/index.ts'
import type { ComponentLogger, Logger, PeerId, PeerInfo } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'

export interface RememberedNeighboursComponents {
  peerId: PeerId
  datastore: Datastore
  linkManager: Pick<LinkManager, 'links' | 'addEventListener' | 'removeEventListener'>
  logger: ComponentLogger
}

export interface RememberedNeighboursInit {
  /** @default true */
  remember?: boolean
  /** Neighbours that are remembered; beyond it the one that was linked the longest ago is forgotten. */
  max: number
  /** Whether the peer may be linked at all. */
  isBlacklisted(peer: PeerId): boolean
  /** A neighbour of an earlier run is to be linked again. */
  onRemembered(neighbour: PeerInfo): void
  /** The peer is no longer to be linked for having been a neighbour. */
  onForgotten(peer: PeerId): void
}

const PREFIX = '/nebula/neighbours/'

interface Neighbour extends PeerInfo {
  /** Milliseconds since the Unix epoch. */
  linkedAt: number
}

/** How a link ends that is not to be made again: one of the two has removed the other. */
const REMOVED: ReadonlySet<LinkCloseReason> = new Set(['requested', 'blacklisted', 'protocol-error'])

/**
 * The neighbours over a restart. Each direct link is noted in the datastore with
 * addresses of the peer, because libp2p's peer store drops addresses after an
 * hour. A note is deleted when one of the two ends the link on purpose or makes
 * it undirected, bans the other, or gives it up; it stays when either stops.
 */
export class RememberedNeighbours {
  readonly #components: RememberedNeighboursComponents
  readonly #init: RememberedNeighboursInit
  readonly #log: Logger
  /** The one that was linked the longest ago first. */
  readonly #known = new PeerMap<undefined>()
  /** What cannot be written is not remembered; the node works without. */
  readonly #writes: WriteQueue
  #running = false

  constructor(components: RememberedNeighboursComponents, init: RememberedNeighboursInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:remembered-neighbours')
    this.#writes = new WriteQueue((err) => this.#log.error('could not note who is a neighbour - %e', err))
  }

  /** To be called when links can be made: has those of the last run linked again. */
  async start(): Promise<void> {
    const { linkManager } = this.#components

    if (this.#running || this.#init.remember === false) {
      return
    }

    this.#running = true
    linkManager.addEventListener('open', this.#onOpen)
    linkManager.addEventListener('direct', this.#onDirect)
    linkManager.addEventListener('close', this.#onClose)
    linkManager.addEventListener('unwanted', this.#onUnwanted)

    for (const neighbour of await this.#load()) {
      this.#known.set(neighbour.id, undefined)
      this.#init.onRemembered(neighbour)
    }

    // some may have been made meanwhile
    for (const link of linkManager.links.select({ onlyDirect: true })) {
      this.#note(link)
    }
  }

  /** To be called before the links are closed, which are those to be remembered. */
  async stop(): Promise<void> {
    const { linkManager } = this.#components

    this.#running = false
    linkManager.removeEventListener('open', this.#onOpen)
    linkManager.removeEventListener('direct', this.#onDirect)
    linkManager.removeEventListener('close', this.#onClose)
    linkManager.removeEventListener('unwanted', this.#onUnwanted)
    await this.#writes.flush()
    this.#known.clear()
  }

  /** The peer was given up, or banned. */
  forget(peer: PeerId): void {
    if (this.#running && this.#known.has(peer)) {
      this.#delete(peer)
      this.#init.onForgotten(peer)
    }
  }

  #note(link: Link): void {
    const { peer } = link
    const record = { addrs: addrsOf(link), linkedAt: link.openedAt }

    this.#known.delete(peer)
    this.#known.set(peer, undefined)
    void this.#writes.write(async () =>
      this.#components.datastore.put(keyOf(peer), fromString(JSON.stringify(record)))
    )

    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= this.#init.max) {
        break
      }

      this.#delete(oldest)
    }
  }

  #delete(peer: PeerId): void {
    this.#known.delete(peer)
    void this.#writes.write(async () => this.#components.datastore.delete(keyOf(peer)))
  }

  async #load(): Promise<PeerInfo[]> {
    const found: Neighbour[] = []

    try {
      for await (const { key, value } of this.#components.datastore.query({ prefix: PREFIX })) {
        const neighbour = read(key, value)

        if (
          neighbour == null ||
          neighbour.id.equals(this.#components.peerId) ||
          this.#init.isBlacklisted(neighbour.id)
        ) {
          void this.#writes.write(async () => this.#components.datastore.delete(key))
        } else {
          found.push(neighbour)
        }
      }
    } catch (err) {
      this.#log.error('could not read who was a neighbour - %e', err)
    }

    const sorted = found.toSorted((a, b) => a.linkedAt - b.linkedAt)

    for (const { id } of sorted.slice(0, -this.#init.max)) {
      void this.#writes.write(async () => this.#components.datastore.delete(keyOf(id)))
    }

    return sorted.slice(-this.#init.max)
  }

  readonly #onOpen = ({ detail: link }: LinkManagerEvents['open']): void => {
    // a neighbour of the last run may have an undirected link first
    if (link.direct) {
      this.#note(link)
    }
  }

  readonly #onDirect = ({ detail: link }: LinkManagerEvents['direct']): void => {
    if (link.direct) {
      this.#note(link)
    } else {
      this.forget(link.peer)
    }
  }

  readonly #onClose = ({ detail: { link, reason, goodbye } }: LinkManagerEvents['close']): void => {
    if (REMOVED.has(reason) || (reason === 'remote' && goodbye !== 'SHUTTING_DOWN')) {
      this.forget(link.peer)
    }
  }

  readonly #onUnwanted = ({ detail: peer }: LinkManagerEvents['unwanted']): void => {
    this.forget(peer)
  }
}

function keyOf(peer: PeerId): Key {
  return new Key(`${PREFIX}${peer}`)
}

/** Where the peer was reached, and where it says that it listens; without its PeerId, as they are announced. */
function addrsOf(link: Link): string[] {
  const { peer, node } = link
  const end = `/p2p/${peer}`
  const own = [knownAddress(link) ?? [], node.listenAddrs]
    .flat()
    .filter((addr) => peerOf(addr)?.equals(peer) !== false)
    .map(String)
    .map((addr) => (addr.endsWith(end) ? addr.slice(0, -end.length) : addr))

  return [...new Set(own)].slice(0, MAX_ADDRS_PER_PEER)
}

/** Undefined for a record that is damaged. */
function read(key: Key, value: Uint8Array): Neighbour | undefined {
  try {
    const { addrs, linkedAt }: { addrs: string[]; linkedAt: unknown } = JSON.parse(toString(value))

    return {
      id: peerIdFromString(key.baseNamespace()),
      multiaddrs: addrs.slice(0, MAX_ADDRS_PER_PEER).map((addr) => multiaddr(addr)),
      linkedAt: Number(linkedAt) || 0
    }
  } catch {
    return undefined
  }
}
