import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import { LONGEST_SPEAKING_DELAY_MS } from '../../src/discovery/constants.ts'
import { question } from '../../src/discovery/lan/answers.ts'
import { FederationDiscovery } from '../../src/discovery/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import { FakeLan } from './fake-lan.ts'
import { OTHERS } from './lan/names.ts'
import type { FederationDiscoveryInit } from '../../src/discovery/federation-discovery.ts'
import type { PeerId, PeerInfo } from '@libp2p/interface'
import type { AddressManager } from '@libp2p/interface-internal'

const FIND_MS = 500
const TTL_MS = 60_000

/** An instance is asked for, started and bound in turns of the event loop, which no clock moves. */
async function asked(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    await settle()
  }
}

describe('FederationDiscovery', () => {
  let self: PeerId
  let a: PeerId
  let b: PeerId

  before(async () => {
    ;[self, a, b] = await Promise.all([createPeerId(), createPeerId(), createPeerId()])
  })

  function setUp(init: Partial<FederationDiscoveryInit> = {}) {
    const clock = new ManualClock()
    const lan = new FakeLan()
    const events: string[] = []
    const addrs = [multiaddr('/ip4/127.0.0.1/tcp/1')]
    const addressManager = { getAddresses: () => addrs } as Pick<AddressManager, 'getAddresses'>
    const discovery = new FederationDiscovery(
      { peerId: self, logger: defaultLogger(), addressManager: addressManager as AddressManager },
      {
        federation: 'lab',
        clock,
        random: () => 0,
        ...lan.init,
        findTimeout: FIND_MS,
        presenceTtl: TTL_MS,
        ...init
      }
    )

    for (const type of ['peer', 'found', 'moved'] as const) {
      discovery.addEventListener(type, ({ detail }) => {
        events.push(`${type} ${detail.multiaddrs.length}`)
      })
    }

    return { clock, lan, discovery, events }
  }

  function info(id: PeerId, ...ports: number[]): PeerInfo {
    return { id, multiaddrs: ports.map((port) => multiaddr(`/ip4/10.0.0.1/tcp/${port}`)) }
  }

  it('tells of each announcement, of who was not there before, and of who has other addresses', async () => {
    const { clock, lan, discovery, events } = setUp()

    await discovery.afterStart()
    lan.announce(info(a, 1))
    lan.announce(info(a, 1))
    lan.announce(info(a, 1, 2))
    lan.announce(info(a, 2, 1))
    assert.deepEqual(events, ['peer 1', 'found 1', 'peer 1', 'peer 2', 'moved 2', 'peer 2'])

    await clock.advance(TTL_MS)
    assert.deepEqual(discovery.present(), [])
    events.length = 0
    lan.announce(info(a, 1))
    assert.deepEqual(events, ['peer 1', 'found 1'])
    await discovery.stop()
  })

  it('bounds the addresses of one peer, and the peers', async () => {
    const { lan, discovery, events } = setUp({ maxAddrsPerPeer: 2, maxPeers: 1 })

    await discovery.afterStart()
    lan.announce(info(a, 1, 2, 3))
    lan.announce(info(b, 1))
    assert.deepEqual(events, ['peer 2', 'found 2', 'peer 1', 'found 1'])
    assert.deepEqual(
      discovery.present().map(({ id }) => id.toString()),
      [b.toString()]
    )
    await discovery.stop()
  })

  it('believes no addresses beyond private networks and this machine, unless it is told to', async () => {
    const foreign = ['/ip4/8.8.8.8/tcp/1', '/dns4/example.com/tcp/1', '/ip6/2606:4700::1111/tcp/1']
    const near = ['/ip4/192.168.1.1/tcp/1', '/ip4/127.0.0.1/tcp/1', '/ip6/fd00::1/tcp/1']
    const multiaddrs = [...foreign, ...near].map((text) => multiaddr(text))

    for (const [init, expected] of [
      [{}, ['peer 3', 'found 3']],
      [{ addresses: 'all' }, ['peer 5', 'found 5', 'peer 1', 'found 1']]
    ] as const) {
      const { lan, discovery, events } = setUp(init)

      await discovery.afterStart()
      lan.announce({ id: a, multiaddrs })
      lan.announce({ id: b, multiaddrs: multiaddrs.slice(0, 1) })
      assert.deepEqual(events, expected)
      await discovery.stop()
    }
  })

  it('believes no address for which a name is looked up, or that is none of a host', async () => {
    const relay = `/p2p/${a.toString()}/p2p-circuit`
    const named = [
      '/dns/localhost/tcp/1',
      '/dns4/localhost/tcp/1',
      '/dns6/localhost/tcp/1',
      '/dns4/a.localhost/tcp/1/ws',
      '/dnsaddr/example.com',
      '/ip4/10.0.0.1/tcp/443/tls/sni/example.com/ws',
      '/ip4/10.0.0.1/tcp/80/http',
      `/ip4/10.0.0.1/tcp/443/tls/sni/example.com/ws${relay}`,
      '/ip6zone/eth0/ip6/fe80::1/tcp/1'
    ]
    const nowhere = ['/ip4/0.0.0.0', '/ip6/::', '/ip4/255.255.255.255', '/ip4/224.0.0.251', '/ip4/240.0.0.1']
    const far = [
      '/ip4/192.0.2.1',
      '/ip4/198.18.0.1',
      '/ip4/198.51.100.1',
      '/ip4/203.0.113.1',
      '/ip6/::ffff:8.8.8.8',
      '/ip6/2002:808:404::1',
      '/ip6/2001:0:808:404::1',
      '/ip6/64:ff9b::808:404',
      '/ip6/2001:db8::1'
    ]
    const refused = [...named, ...[...nowhere, '/ip6/ff02::fb'].map((host) => `${host}/tcp/1`)]

    for (const [init, texts] of [
      [{ addresses: 'all' }, refused],
      [{}, [...refused, ...far.map((host) => `${host}/tcp/1`)]]
    ] as const) {
      const { lan, discovery, events } = setUp(init)

      await discovery.afterStart()

      for (const text of texts) {
        lan.announce({ id: b, multiaddrs: [multiaddr(text)] })
        assert.deepEqual(events, [], text)
      }

      lan.announce({ id: b, multiaddrs: [multiaddr(`/ip4/10.0.0.1/tcp/1${relay}`)] })
      assert.deepEqual(events, ['peer 1', 'found 1'])
      await discovery.stop()
    }
  })

  it('believes four addresses of one host', async () => {
    const { lan, discovery, events } = setUp({})

    await discovery.afterStart()
    lan.announce(info(a, 1, 2, 3, 4))
    lan.announce(info(b, 1, 2, 3, 4, 5))
    lan.announce({
      id: b,
      multiaddrs: [...info(b, 1, 2, 3, 4, 5).multiaddrs, multiaddr('/ip4/10.0.0.2/tcp/1')]
    })
    assert.deepEqual(events, ['peer 4', 'found 4', 'peer 4', 'found 4', 'peer 5', 'moved 5'])
    await discovery.stop()
  })

  it('believes a thousand new peers at once, and then so many in a second', async () => {
    const { clock, lan, discovery, events } = setUp({ newPeersPerSecond: 2 })
    const peers = await Promise.all(Array.from({ length: 1_003 }, async () => createPeerId()))

    await discovery.afterStart()
    peers.slice(0, 1_001).forEach((id) => lan.announce(info(id, 1)))
    assert.equal(events.length, 2 * 1_000)
    lan.announce(info(peers[999] ?? a, 1))
    assert.equal(events.length, 2 * 1_000 + 1, 'one that is known')
    await clock.advance(500)
    peers.slice(1_001).forEach((id) => lan.announce(info(id, 1)))
    assert.equal(events.length, 2 * 1_001 + 1)
    await discovery.stop()
  })

  it('answers with who is present without asking', async () => {
    const { lan, discovery } = setUp()

    await discovery.afterStart()
    lan.announce(info(a, 1))

    const { questions } = lan

    assert.deepEqual(
      (await discovery.find()).map(({ id }) => id.toString()),
      [a.toString()]
    )
    assert.equal(lan.questions, questions)
    await discovery.stop()
  })

  it('asks and waits for answers when nobody is known', async () => {
    const { clock, lan, discovery } = setUp()

    await discovery.afterStart()
    await clock.advance(LONGEST_SPEAKING_DELAY_MS)
    assert.equal(lan.questions, 1)

    const finding = discovery.find()

    await asked()
    assert.equal(lan.questions, 2)
    lan.announce(info(a, 1))
    lan.announce(info(b, 1))
    await clock.advance(FIND_MS)
    assert.equal((await finding).length, 2)
    assert.equal(discovery.beaconRunning, true)
    await discovery.stop()
    assert.equal(clock.pending, 0)
  })

  it('asks and hears only as long as it looks when all is switched off, and does not tell of itself', async () => {
    const { clock, lan, discovery } = setUp({ enabled: false })

    lan.members = [info(a, 1)]
    await discovery.afterStart()
    assert.deepEqual([discovery.beaconRunning, discovery.serviceRunning, lan.questions], [false, false, 0])

    const finding = discovery.find()

    await asked()
    lan.deliver(question(OTHERS), '127.0.0.1')
    await clock.advance(FIND_MS)
    assert.equal((await finding).length, 1)
    assert.deepEqual([discovery.beaconRunning, discovery.serviceRunning], [false, false])
    assert.deepEqual([lan.listening, clock.pending], [false, 0])
    assert.equal(lan.sent.length, lan.questions)
  })

  describe('the beacon and the external connection service', () => {
    /** What the node does within a minute, and after a question. */
    async function conduct({ clock, lan, events }: ReturnType<typeof setUp>) {
      lan.sent.length = 0
      events.length = 0
      await clock.advance(TTL_MS)

      const asks = lan.questions > 0
      const announces = lan.sent.length > lan.questions

      lan.sent.length = 0
      lan.deliver(question(OTHERS), '127.0.0.1')
      await clock.advance(LONGEST_SPEAKING_DELAY_MS)

      const isAnswering = lan.sent.length > lan.questions

      lan.announce(info(a, 1))

      return { asks, announces, isAnswering, hears: events.length > 0 }
    }

    for (const beacon of [true, false]) {
      for (const externalConnectionService of [true, false]) {
        it(`beacon ${beacon}, service ${externalConnectionService}: as configured and as started`, async () => {
          const expected = {
            asks: externalConnectionService,
            announces: beacon,
            isAnswering: externalConnectionService,
            hears: externalConnectionService
          }
          const configured = setUp({ beacon, externalConnectionService })

          await configured.discovery.afterStart()
          assert.deepEqual(
            [configured.discovery.beaconRunning, configured.discovery.serviceRunning],
            [beacon, externalConnectionService]
          )
          assert.deepEqual(await conduct(configured), expected)
          await configured.discovery.stop()

          const changed = setUp({ beacon: !beacon, externalConnectionService: !externalConnectionService })

          await changed.discovery.afterStart()
          await (beacon ? changed.discovery.startBeacon() : changed.discovery.stopBeacon())
          await (externalConnectionService
            ? changed.discovery.startService()
            : changed.discovery.stopService())
          assert.deepEqual(
            [changed.discovery.beaconRunning, changed.discovery.serviceRunning],
            [beacon, externalConnectionService]
          )
          // what was said before the change is over
          await changed.clock.advance(TTL_MS)
          assert.deepEqual(await conduct(changed), expected)
          await changed.discovery.stop()
          assert.deepEqual(
            [changed.discovery.beaconRunning, changed.discovery.serviceRunning, changed.clock.pending],
            [false, false, 0]
          )
        })
      }
    }

    it('hears answers while it looks for members, although only the beacon runs', async () => {
      const { clock, lan, discovery, events } = setUp({ externalConnectionService: false })

      lan.members = [info(a, 1)]
      await discovery.afterStart()
      await clock.advance(TTL_MS)
      assert.deepEqual([lan.questions, events], [0, []])

      const finding = discovery.find()

      await asked()
      await clock.advance(FIND_MS)
      assert.equal((await finding).length, 1)
      events.length = 0
      lan.announce(info(b, 1))
      assert.deepEqual([discovery.beaconRunning, lan.listening, events], [true, true, []])
      await discovery.stop()
      assert.equal(clock.pending, 0)
    })
  })

  it('lets nobody who looks stop the beacon of another', async () => {
    const { clock, lan, discovery } = setUp({ enabled: false })

    discovery.start()

    const first = discovery.find()

    await asked()
    await clock.advance(FIND_MS / 2)

    const second = discovery.find()

    await asked()
    await clock.advance(FIND_MS / 2)
    await first
    assert.equal(lan.listening, true, 'the second still waits')
    lan.announce(info(a, 1))
    await clock.advance(FIND_MS / 2)
    assert.equal((await second).length, 1)
    assert.equal(lan.listening, false)
  })

  it('leaves a beacon running that the user starts meanwhile, and ends one that the user stops', async () => {
    const { clock, lan, discovery } = setUp({ enabled: false })

    discovery.start()

    let finding = discovery.find()

    await asked()
    await discovery.startBeacon()
    await clock.advance(FIND_MS)
    await finding
    assert.equal(discovery.beaconRunning, true)

    finding = discovery.find()
    await asked()
    await discovery.stopBeacon()
    assert.deepEqual([discovery.beaconRunning, lan.listening], [false, true], 'somebody waits for answers')
    await clock.advance(FIND_MS)
    await finding
    assert.deepEqual([discovery.beaconRunning, lan.listening, clock.pending], [false, false, 0])
  })

  it('ends a wait when its signal is aborted, and when it is stopped', async () => {
    const { clock, lan, discovery } = setUp({ enabled: false })

    discovery.start()

    const controller = new AbortController()
    const aborted = discovery.find({ signal: controller.signal })

    await asked()
    controller.abort()
    await assert.rejects(aborted, { name: 'AbortError' })
    assert.deepEqual([lan.listening, clock.pending], [false, 0])
    await assert.rejects(discovery.find({ signal: AbortSignal.abort() }), { name: 'AbortError' })

    const stopped = assert.rejects(discovery.find(), { name: 'AbortError' })

    await asked()
    await discovery.stop()
    await stopped
    assert.deepEqual([lan.listening, clock.pending], [false, 0])

    // and can look again once it is started again
    discovery.start()

    const again = discovery.find()

    await asked()
    await clock.advance(FIND_MS)
    assert.deepEqual(await again, [])
  })

  it('opens nothing before it is started and after it is stopped', async () => {
    const { lan, discovery } = setUp()
    const refuse = async (): Promise<void> => {
      for (const call of [
        () => discovery.startBeacon(),
        () => discovery.startService(),
        () => discovery.find()
      ]) {
        await assert.rejects(call(), { name: 'NotStartedError' })
      }

      assert.deepEqual([discovery.beaconRunning, discovery.serviceRunning], [false, false])
    }

    await refuse()
    discovery.start()
    await discovery.afterStart()
    await discovery.stop()

    const sent = lan.sent.length

    await refuse()
    assert.equal(lan.sent.length, sent)
    assert.equal(lan.joined.size, 0)
  })
})
