import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { PeerMap } from '@libp2p/peer-collections'
import { TypedEventEmitter } from 'main-event'
import { KnownPeers } from '../../src/node/known-peers.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import type { NebulaEvents } from '../../src/index.ts'
import type { KnownPeersComponents } from '../../src/node/known-peers.ts'
import type { Connection, Libp2pEvents, Peer, PeerId } from '@libp2p/interface'

const MAX = 5
const TTL_MS = 10_000

/** A libp2p node as far as its peer store goes. */
class Store extends TypedEventEmitter<Libp2pEvents> {
  readonly clock = new ManualClock()
  readonly overlay = new TypedEventEmitter<NebulaEvents>()
  readonly peers = new PeerMap<Peer>()
  readonly connected = new PeerMap<Connection>()
  readonly linked = new PeerMap<{ peer: PeerId }>()
  readonly lost = new PeerMap<true>()
  readonly asked: Connection[] = []
  /** What happens while a peer is being deleted. */
  onDelete?: (peer: PeerId) => void
  known: KnownPeers

  constructor(configured: PeerId[] = []) {
    super()
    this.known = this.#start(configured)
  }

  #start(configured: PeerId[]): KnownPeers {
    const components = {
      libp2p: Object.assign(this, {
        peerStore: {
          all: async () => [...this.peers.values()],
          merge: async (peer: PeerId, { metadata }: { metadata: Record<string, Uint8Array> }) => {
            this.write(peer, new Map(Object.entries(metadata)))
          },
          delete: async (peer: PeerId) => {
            this.peers.delete(peer)
            this.onDelete?.(peer)
          }
        }
      }),
      nebula: Object.assign(this.overlay, {
        links: () => [...this.linked.values()],
        redialling: (peer: PeerId) => this.lost.has(peer)
      }),
      identify: { identify: async (connection: Connection) => this.asked.push(connection) },
      logger: defaultLogger()
    }

    return new KnownPeers(components as unknown as KnownPeersComponents, {
      maxKnownPeers: MAX,
      strangerTtl: TTL_MS,
      configured,
      clock: this.clock
    })
  }

  /** As after the process has ended, in one way or the other, and begun again. */
  async restart(configured: PeerId[] = []): Promise<void> {
    await this.known.stop()
    this.known = this.#start(configured)
    await this.known.start()
  }

  getConnections(peer: PeerId): Connection[] {
    const connection = this.connected.get(peer)

    return connection == null ? [] : [connection]
  }

  /** As identify does. */
  write(id: PeerId, metadata: Peer['metadata'] = new Map()): void {
    const previous = this.peers.get(id)
    const all = new Map([...(previous?.metadata ?? []), ...metadata])
    const peer: Peer = { id, addresses: [], protocols: [], tags: new Map(), metadata: all }

    this.peers.set(id, peer)
    this.safeDispatchEvent('peer:update', { detail: { peer, previous } })
  }

  async connect(peer?: PeerId): Promise<PeerId> {
    const id = peer ?? (await createPeerId())

    this.connected.set(id, { remotePeer: id } as Connection)
    this.write(id)
    await settle()

    return id
  }

  async disconnect(peer: PeerId): Promise<void> {
    this.connected.delete(peer)
    this.linked.delete(peer)
    this.safeDispatchEvent('peer:disconnect', { detail: peer })
    await this.clock.advance(1)
  }

  async link(peer?: PeerId): Promise<PeerId> {
    const id = await this.connect(peer)

    this.linked.set(id, { peer: id })
    this.overlay.safeDispatchEvent('link:open', { detail: { peer: id } })
    await settle()

    return id
  }

  /** Peers that had a link, the one unseen longest first. */
  async wereLinked(count: number): Promise<PeerId[]> {
    const peers: PeerId[] = []

    for (let i = 0; i < count; i++) {
      const peer = await this.link()
      await this.disconnect(peer)
      peers.push(peer)
    }

    return peers
  }

  has(peer: PeerId): boolean {
    return this.peers.has(peer)
  }
}

async function withStore(run: (store: Store) => Promise<void>, configured: PeerId[] = []): Promise<void> {
  const store = new Store(configured)
  await store.known.start()

  try {
    await run(store)
  } finally {
    await store.known.stop()
  }

  assert.equal(store.clock.pending, 0)
}

describe('known peers', () => {
  it('are not those that come and go without a link', async () => {
    await withStore(async (store) => {
      const peer = await store.connect()
      await store.clock.advance(2 * TTL_MS)
      await store.disconnect(peer)
      await store.clock.advance(TTL_MS - 2)
      assert.ok(store.has(peer))
      await store.clock.advance(1)
      assert.ok(!store.has(peer))
    })
  })

  it('are those that come back in time, for as long as they stay', async () => {
    await withStore(async (store) => {
      const peer = await store.connect()
      await store.disconnect(peer)
      await store.connect(peer)
      await store.clock.advance(5 * TTL_MS)
      assert.ok(store.has(peer))
      await store.disconnect(peer)
      await store.clock.advance(TTL_MS)
      assert.ok(!store.has(peer))
    })
  })

  it('are those that had a link', async () => {
    await withStore(async (store) => {
      const peers = await store.wereLinked(MAX)
      await store.clock.advance(100 * TTL_MS)
      assert.ok(peers.every((peer) => store.has(peer)))
    })
  })

  it('are no more than there may be: strangers make room, then those unseen longest', async () => {
    await withStore(async (store) => {
      const [oldest, next, ...rest] = await store.wereLinked(MAX - 1)
      const stranger = await createPeerId()
      assert.ok(oldest != null && next != null)
      store.write(stranger)
      await settle()
      assert.ok(store.has(stranger))

      await store.wereLinked(1)
      assert.ok(!store.has(stranger))
      assert.ok(store.has(oldest))

      // it is seen again
      await store.link(oldest)
      await store.disconnect(oldest)
      await store.wereLinked(1)
      assert.equal(store.peers.size, MAX)
      assert.ok(!store.has(next))
      assert.ok([oldest, ...rest].every((peer) => store.has(peer)))
    })
  })

  it('are, beyond the bound, those that are connected, configured or dialled again', async () => {
    const configured = await createPeerId()

    await withStore(
      async (store) => {
        const [lost] = await store.wereLinked(1)
        assert.ok(lost != null)
        store.lost.set(lost, true)
        store.write(configured)

        const connected = [
          await store.connect(),
          await store.connect(),
          await store.connect(),
          await store.connect()
        ]

        for (const peer of [configured, lost, ...connected]) {
          assert.ok(store.has(peer))
        }

        store.lost.delete(lost)
        store.write(await createPeerId())
        await settle()
        assert.ok(!store.has(lost))
        assert.ok(store.has(configured))
      },
      [configured]
    )
  })

  it('are forgotten again when they are written after that', async () => {
    await withStore(async (store) => {
      await store.wereLinked(MAX)
      const late = await createPeerId()
      store.onDelete = (peer) => {
        store.onDelete = undefined
        store.write(peer)
      }
      store.write(late)
      await settle()
      assert.equal(store.peers.size, MAX)
      assert.ok(!store.has(late))
    })
  })

  it('are asked again who they are when they come back while they are forgotten', async () => {
    await withStore(async (store) => {
      const peer = await store.connect()
      await store.disconnect(peer)
      store.onDelete = () => store.connected.set(peer, { remotePeer: peer } as Connection)
      await store.clock.advance(TTL_MS)
      assert.deepEqual(store.asked, [store.connected.get(peer)])
    })
  })

  it('are brought within the bound at the start, with what was noted before', async () => {
    await withStore(async (store) => {
      const [gone, ...kept] = await store.wereLinked(MAX - 1)
      assert.ok(gone != null)
      await store.clock.advance(1)
      const last = await store.link()
      await store.known.stop()
      store.connected.clear()
      store.linked.clear()

      // unseen longest, and first in the store
      const strangers = await Promise.all(Array.from({ length: MAX }, createPeerId))
      strangers.forEach((peer) => store.write(peer))
      await store.restart([strangers[0]].filter((peer) => peer != null))

      assert.equal(store.peers.size, MAX)
      assert.deepEqual(
        strangers.map((peer) => store.has(peer)),
        [true, false, false, false, false]
      )
      assert.ok(!store.has(gone))
      assert.ok([...kept, last].every((peer) => store.has(peer)))
    })
  })
})
