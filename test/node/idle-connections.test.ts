import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import { TypedEventEmitter } from 'main-event'
import { IdleConnections } from '../../src/node/idle-connections.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import type { IdleConnectionsComponents } from '../../src/node/idle-connections.ts'
import type { NebulaEvents } from '../../src/index.ts'
import type { Connection, Libp2pEvents, Peer, PeerId, Stream, Tag } from '@libp2p/interface'

const MAX = 20
const CROWDED = 18
const FULL = 19
const IDLE_MS = 10_000
const RELAY_MS = 30_000
const HOP = '/libp2p/circuit/relay/0.2.0/hop'

interface FakeConnection {
  peer?: PeerId
  host?: string
  direction?: Connection['direction']
  streams?: Array<Partial<Pick<Stream, 'protocol' | 'direction'>>>
}

/** Connections as libp2p has them. */
class Crowd extends TypedEventEmitter<Libp2pEvents> {
  readonly clock = new ManualClock()
  readonly overlay = new TypedEventEmitter<NebulaEvents>()
  readonly linked = new Set<string>()
  readonly tags = new Map<string, Map<string, Tag>>()
  readonly idle: IdleConnections
  connections: Connection[] = []

  constructor() {
    super()
    const components = {
      libp2p: Object.assign(this, {
        peerStore: {
          get: async (peer: PeerId) => ({ tags: this.tags.get(peer.toString()) ?? new Map() }) as Peer
        }
      }),
      nebula: Object.assign(this.overlay, {
        link: (peer: PeerId) => (this.linked.has(peer.toString()) ? {} : undefined)
      }),
      logger: defaultLogger()
    }

    this.idle = new IdleConnections(components as unknown as IdleConnectionsComponents, {
      maxConnections: MAX,
      maxIdlePercent: 90,
      idleTimeout: IDLE_MS,
      relayTimeout: RELAY_MS,
      clock: this.clock
    })
  }

  getConnections(peer?: PeerId): Connection[] {
    return this.connections.filter(({ remotePeer }) => peer == null || remotePeer.equals(peer))
  }

  async open({
    peer,
    host = '192.0.2.1',
    direction = 'inbound',
    streams = []
  }: FakeConnection = {}): Promise<Connection> {
    const open = this.clock.now()
    const connection = {
      remotePeer: peer ?? (await createPeerId()),
      remoteAddr: multiaddr(
        `/${host.includes(':') ? 'ip6' : 'ip4'}/${host}/tcp/${1_000 + this.connections.length}`
      ),
      direction,
      status: 'open',
      timeline: { open },
      streams: streams.map((stream) => ({
        protocol: '',
        direction: 'inbound',
        timeline: { open },
        ...stream
      })),
      abort: () => {
        connection.status = 'aborted'
        this.connections = this.connections.filter((one) => one.status === 'open')
      }
    }

    this.connections.push(connection as unknown as Connection)
    this.safeDispatchEvent('connection:open', { detail: connection as unknown as Connection })
    await settle()

    return connection as unknown as Connection
  }

  async fill(count: number, connection?: FakeConnection): Promise<Connection[]> {
    const opened: Connection[] = []

    for (let i = 0; i < count; i++) {
      opened.push(await this.open(connection))
    }

    return opened
  }

  tag(peer: PeerId, name: string): void {
    this.tags.set(peer.toString(), new Map([[name, { value: 1 }]]))
  }
}

async function withCrowd(run: (crowd: Crowd) => Promise<void>): Promise<void> {
  const crowd = new Crowd()
  crowd.idle.start()

  try {
    await run(crowd)
  } finally {
    await crowd.idle.stop()
  }

  assert.equal(crowd.clock.pending, 0)
}

describe('idle connections', () => {
  it('stay where there is room, however long they are idle', async () => {
    await withCrowd(async (crowd) => {
      await crowd.fill(CROWDED)
      await crowd.clock.advance(100 * IDLE_MS)
      assert.equal(crowd.connections.length, CROWDED)
    })
  })

  it('go one by one above that, the oldest first, once they have been idle for long enough', async () => {
    await withCrowd(async (crowd) => {
      const [oldest] = await crowd.fill(1)
      await crowd.clock.advance(1)
      await crowd.fill(FULL - 1)
      await crowd.clock.advance(IDLE_MS - 2)
      assert.equal(crowd.connections.length, FULL)
      await crowd.clock.advance(IDLE_MS)
      assert.equal(crowd.connections.length, CROWDED)
      assert.equal(oldest?.status, 'aborted')
    })
  })

  it('go at once where even that room is taken, but never the newest', async () => {
    await withCrowd(async (crowd) => {
      const [oldest] = await crowd.fill(FULL)

      for (let i = 0; i < 3 * MAX; i++) {
        assert.equal((await crowd.open()).status, 'open')
        assert.equal(crowd.connections.length, FULL)
      }

      assert.equal(oldest?.status, 'aborted')
    })
  })

  it('go from the host that has the most, so that others come in', async () => {
    await withCrowd(async (crowd) => {
      const one = await crowd.open({ host: '192.0.2.9' })
      await crowd.fill(3 * MAX)
      assert.equal(one.status, 'open')
    })
  })

  it('go from the IPv6 network that has the most, however many addresses it uses', async () => {
    await withCrowd(async (crowd) => {
      const one = await crowd.open({ host: '2001:db8:0:9::1' })

      for (let i = 1; i <= 3 * MAX; i++) {
        await crowd.open({ host: `2001:db8:0:1::${i}` })
      }

      assert.equal(one.status, 'open')
    })
  })

  for (const [what, streams, goes] of [
    ['identify and ping', [{ protocol: '/ipfs/id/1.0.0' }, { protocol: '/ipfs/ping/1.0.0' }], true],
    ['a stream that says not what for', [{ protocol: '' }], true],
    ['a request to the relay that has just begun', [{ protocol: HOP }], true],
    ['the handshake', [{ protocol: '/nebula/handshake/1.0.0' }], false],
    ['a stream of the application', [{ protocol: '/app/1.0.0' }], false],
    ['a stream of ours', [{ protocol: HOP, direction: 'outbound' }], false]
  ] as const) {
    it(`${goes ? 'are' : 'are not'} those with ${what}`, async () => {
      await withCrowd(async (crowd) => {
        const one = await crowd.open({ host: '192.0.2.9', streams: [...streams] })
        await crowd.clock.advance(IDLE_MS)
        await crowd.fill(FULL, { direction: 'outbound' })
        assert.equal(one.status, goes ? 'aborted' : 'open')
      })
    })
  }

  it('are not those that are relayed', async () => {
    await withCrowd(async (crowd) => {
      const one = await crowd.open({ streams: [{ protocol: HOP }] })
      await crowd.clock.advance(RELAY_MS)
      await crowd.fill(FULL, { direction: 'outbound' })
      assert.equal(one.status, 'open')
    })
  })

  it('go before those whose use does not show yet', async () => {
    await withCrowd(async (crowd) => {
      const requests = await crowd.fill(CROWDED - 1, { streams: [{ protocol: HOP }] })
      const idle = await crowd.open({ host: '192.0.2.9' })
      await crowd.clock.advance(IDLE_MS)
      await crowd.open()
      assert.equal(idle.status, 'aborted')
      await crowd.open()
      assert.equal(requests.filter(({ status }) => status === 'open').length, CROWDED - 2)
    })
  })

  it('are none that this node opened', async () => {
    await withCrowd(async (crowd) => {
      await crowd.fill(MAX, { direction: 'outbound' })
      await crowd.clock.advance(2 * IDLE_MS)
      assert.equal(crowd.connections.length, MAX)
    })
  })

  it('are none of a linked or tagged peer, but those beside its first', async () => {
    await withCrowd(async (crowd) => {
      const linked = await createPeerId()
      const tagged = await createPeerId()
      crowd.linked.add(linked.toString())
      crowd.tag(tagged, 'circuit-relay-source')
      const firsts = [await crowd.open({ peer: linked }), await crowd.open({ peer: tagged })]
      const surplus = [
        ...(await crowd.fill(FULL, { peer: linked })),
        ...(await crowd.fill(FULL, { peer: tagged }))
      ]
      await crowd.clock.advance(2 * IDLE_MS)
      assert.equal(crowd.connections.length, CROWDED)
      assert.ok(firsts.every(({ status }) => status === 'open'))
      assert.ok(surplus.some(({ status }) => status === 'aborted'))
    })
  })

  it('are idle from the end of their link on', async () => {
    await withCrowd(async (crowd) => {
      const peer = await createPeerId()
      const one = await crowd.open({ peer })
      await crowd.clock.advance(1)
      const [next] = await crowd.fill(CROWDED - 1)
      await crowd.clock.advance(IDLE_MS)
      crowd.overlay.safeDispatchEvent('link:close', { detail: { link: { peer }, reason: 'remote' } })
      await crowd.open()
      assert.equal(one.status, 'open')
      assert.equal(next?.status, 'aborted')
    })
  })
})
