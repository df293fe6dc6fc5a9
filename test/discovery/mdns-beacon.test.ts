import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import os from 'node:os'
import { before, describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import { TypedEventEmitter } from 'main-event'
import { BEACON_JITTER, BEACON_REPEAT_MS } from '../../src/discovery/constants.ts'
import { MdnsBeacon } from '../../src/discovery/mdns-beacon.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import { mdnsAnswer } from '../support/mdns-packet.ts'
import type { MdnsBeaconComponents, MdnsBeaconInit } from '../../src/discovery/mdns-beacon.ts'
import type { PeerDiscoveryEvents, PeerId, PeerInfo, Startable } from '@libp2p/interface'
import type { AddressManager } from '@libp2p/interface-internal'
import type { MulticastDNSInit } from '@libp2p/mdns'

const TAG = '_nebula-lab._udp.local'

/** Stands for one instance of `@libp2p/mdns`; each start is a question. */
class FakeMdns extends TypedEventEmitter<PeerDiscoveryEvents> implements Startable {
  readonly init: MulticastDNSInit
  readonly #log: string[]
  readonly #index: number

  constructor(init: MulticastDNSInit, log: string[], index: number) {
    super()
    this.init = init
    this.#log = log
    this.#index = index
  }

  async start(): Promise<void> {
    this.#log.push(`start ${this.#index}`)
  }

  async stop(): Promise<void> {
    this.#log.push(`stop ${this.#index}`)
  }

  answer(detail: PeerInfo): void {
    this.safeDispatchEvent('peer', { detail })
  }
}

describe('MdnsBeacon', () => {
  let self: PeerId
  let other: PeerId

  before(async () => {
    self = await createPeerId()
    other = await createPeerId()
  })

  function components(...addrs: string[]): MdnsBeaconComponents {
    const addressManager: Pick<AddressManager, 'getAddresses'> = {
      getAddresses: () => addrs.map((addr) => multiaddr(`${addr}/p2p/${self.toString()}`))
    }

    return { peerId: self, logger: defaultLogger(), addressManager: addressManager as AddressManager }
  }

  function withFakes(init: Partial<MdnsBeaconInit> = {}) {
    const clock = new ManualClock()
    const log: string[] = []
    const fakes: FakeMdns[] = []
    const beacon = new MdnsBeacon(components(), {
      federation: 'lab',
      interval: 10_000,
      maxInterval: 30_000,
      clock,
      random: () => 0,
      mdns: (mdnsInit) => () => {
        const fake = new FakeMdns(mdnsInit, log, fakes.length)
        fakes.push(fake)

        return fake
      },
      ...init
    })

    return {
      beacon,
      clock,
      log,
      fakes,
      /** Advances, and counts the questions of the time. */
      questionsWithin: async (ms: number): Promise<number> => {
        const asked = fakes.length
        await clock.advance(ms)
        await settle()

        return fakes.length - asked
      }
    }
  }

  it('asks at the start, once more after a second, and then less and less often', async () => {
    const { beacon, fakes, questionsWithin } = withFakes()
    await beacon.start()
    assert.equal(fakes.length, 1)

    for (const gap of [BEACON_REPEAT_MS, 10_000, 20_000, 30_000, 30_000]) {
      assert.equal(await questionsWithin(gap - 1), 0)
      assert.equal(await questionsWithin(1), 1)
    }

    await beacon.stop()
  })

  it('goes back to the interval on a change, without asking sooner for many', async () => {
    const { beacon, questionsWithin } = withFakes()
    await beacon.start()
    assert.equal(await questionsWithin(31_000), 3)

    for (let i = 0; i < 5; i++) {
      beacon.noteChange()
    }

    assert.equal(await questionsWithin(9_999), 0)

    for (let i = 0; i < 5; i++) {
      beacon.noteChange()
    }

    assert.equal(await questionsWithin(1), 1)
    assert.equal(await questionsWithin(10_000), 1)
    assert.equal(await questionsWithin(20_000), 1)
    await beacon.stop()
  })

  it('shortens each interval by up to the jitter', async () => {
    const { beacon, questionsWithin } = withFakes({ random: () => 0.999_999 })
    await beacon.start()
    await questionsWithin(BEACON_REPEAT_MS * (1 - BEACON_JITTER) + 1)
    assert.equal(await questionsWithin(10_000 * (1 - BEACON_JITTER) - 1), 0)
    assert.equal(await questionsWithin(2), 1)
    await beacon.stop()
  })

  it('changes the interval while it runs, and asks at once', async () => {
    const { beacon, fakes, questionsWithin } = withFakes()
    await beacon.start()
    await beacon.setInterval(60_000)
    assert.equal(fakes.length, 2)
    assert.equal(beacon.interval, 60_000)

    for (let i = 0; i < 2; i++) {
      assert.equal(await questionsWithin(59_999), 0, 'an interval above the maximum stays as it is')
      assert.equal(await questionsWithin(1), 1)
    }

    await beacon.setInterval(500)
    assert.equal(await questionsWithin(500), 1)
    await beacon.stop()
    await beacon.setInterval(700)
    assert.equal(await questionsWithin(100_000), 0, 'a stopped beacon does not ask')
    assert.equal(beacon.interval, 700)
  })

  it('refuses an interval that no timer or LAN can bear', async () => {
    const { beacon } = withFakes()
    await beacon.setInterval(100)
    await beacon.setInterval(3_600_000)

    for (const ms of [99, 3_600_001, Number.NaN, -1, Infinity]) {
      await assert.rejects(beacon.setInterval(ms), { name: 'InvalidParametersError' })
      assert.throws(() => withFakes({ interval: ms }), { name: 'InvalidParametersError' })
    }

    assert.equal(beacon.interval, 3_600_000)
  })

  it('lets the next instance listen before the one before stops, under the same name', async () => {
    const { beacon, clock, log, fakes } = withFakes({ port: 5454, ip: '239.1.2.3' })
    await beacon.start()
    await clock.advance(BEACON_REPEAT_MS)
    await beacon.stop()

    assert.deepEqual(log, ['start 0', 'start 1', 'stop 0', 'stop 1'])
    assert.equal(fakes[0]?.init.serviceTag, TAG)
    assert.equal(fakes[0]?.init.port, 5454)
    assert.equal(fakes[0]?.init.ip, '239.1.2.3')
    assert.match(fakes[0]?.init.peerName ?? '', /^[a-z0-9]{32}$/)
    assert.equal(fakes[0]?.init.peerName, fakes[1]?.init.peerName)
  })

  it('can be started and stopped twice, at once, and again', async () => {
    const { beacon, clock, log, fakes } = withFakes()
    await beacon.stop()
    await Promise.all([beacon.start(), beacon.start()])
    assert.ok(beacon.running)
    await Promise.all([beacon.stop(), beacon.start(), beacon.stop()])
    assert.ok(!beacon.running)
    assert.equal(clock.pending, 0)
    await beacon.start()
    await beacon.stop()
    await beacon.stop()

    assert.equal(clock.pending, 0)
    assert.equal(log.filter((line) => line.startsWith('start')).length, fakes.length)
    assert.equal(log.filter((line) => line.startsWith('stop')).length, fakes.length)
  })

  it('raises each answer, also repeated ones, but never of itself and never when stopped', async () => {
    const { beacon, clock, fakes } = withFakes()
    const heard: PeerInfo[] = []
    beacon.addEventListener('peer', (event) => heard.push(event.detail))
    await beacon.start()
    fakes[0]?.answer({ id: other, multiaddrs: [] })
    fakes[0]?.answer({ id: other, multiaddrs: [] })
    fakes[0]?.answer({ id: self, multiaddrs: [multiaddr('/ip4/10.0.0.66/tcp/1')] })
    assert.equal(heard.length, 2)

    await clock.advance(BEACON_REPEAT_MS)
    fakes[0]?.answer({ id: other, multiaddrs: [] })
    assert.equal(heard.length, 2, 'the instance before is no longer heard')
    fakes[1]?.answer({ id: other, multiaddrs: [] })
    assert.equal(heard.length, 3)

    await beacon.stop()
    fakes[1]?.answer({ id: other, multiaddrs: [] })
    assert.equal(heard.length, 3)
  })

  it('reports an instance that cannot start, and tries again with the next question', async () => {
    let attempts = 0
    const { beacon, clock } = withFakes({
      mdns: () => () => {
        attempts++
        throw new Error('no sockets')
      }
    })
    const errors: Error[] = []
    beacon.addEventListener('error', (event) => errors.push(event.detail))
    await beacon.start()
    await clock.advance(BEACON_REPEAT_MS)
    await beacon.stop()

    assert.equal(attempts, 2)
    assert.deepEqual(
      errors.map((err) => err.message),
      ['no sockets', 'no sockets']
    )
  })

  describe('on a socket', () => {
    /** Unicast to loopback, so that no test speaks to the LAN of the machine it runs on. */
    const ip = '127.0.0.1'

    async function taken(): Promise<{ socket: ReturnType<typeof createSocket>; port: number }> {
      const socket = createSocket({ type: 'udp4', reuseAddr: false })
      socket.bind(0)
      await once(socket, 'listening')

      return { socket, port: socket.address().port }
    }

    async function freePort(): Promise<number> {
      const { socket, port } = await taken()
      await new Promise<void>((resolve) => socket.close(() => resolve()))

      return port
    }

    it('reports a port that is taken, once per question, and works when it is free again', async () => {
      const { socket, port } = await taken()
      const beacon = new MdnsBeacon(components('/ip4/10.0.0.1/tcp/1'), { federation: 'lab', ip, port })
      const codes: unknown[] = []
      beacon.addEventListener('error', (event) => codes.push((event.detail as NodeJS.ErrnoException).code))
      await beacon.start()
      assert.deepEqual(codes, ['EADDRINUSE'])

      await new Promise<void>((resolve) => socket.close(() => resolve()))
      await beacon.setInterval(5_000)
      const heard = once(beacon, 'peer')
      send(port, mdnsAnswer(TAG, 'other', [`dnsaddr=/ip4/10.0.0.2/tcp/1/p2p/${other.toString()}`]))
      await heard
      await beacon.stop()
      assert.deepEqual(codes, ['EADDRINUSE'])
    })

    it('reports that the system does not tell its interfaces', async (t) => {
      const beacon = new MdnsBeacon(components(), { federation: 'lab', ip, port: await freePort() })
      const errors: string[] = []
      beacon.addEventListener('error', (event) => errors.push(event.detail.message))
      t.mock.method(os, 'networkInterfaces', () => {
        throw new Error('EMFILE')
      })
      await beacon.start()
      await beacon.stop()

      assert.deepEqual(errors, ['EMFILE'])
    })

    it('hears what is well formed and of its federation, and survives the rest', async () => {
      const port = await freePort()
      const beacon = new MdnsBeacon(components('/ip4/10.0.0.1/tcp/1'), { federation: 'lab', ip, port })
      const heard: PeerInfo[] = []
      beacon.addEventListener('peer', (event) => heard.push(event.detail))
      await beacon.start()

      const good = `dnsaddr=/ip4/10.0.0.2/tcp/1/p2p/${other.toString()}`
      const last = `dnsaddr=/ip4/10.0.0.99/tcp/1/p2p/${other.toString()}`
      const packets = [
        Buffer.alloc(0),
        Buffer.from('not DNS'),
        mdnsAnswer(TAG, 'x', []),
        mdnsAnswer(TAG, 'x', ['dnsaddr=']),
        mdnsAnswer(TAG, 'x', ['dnsaddr=/ip4/10.0.0.2/tcp/1']),
        mdnsAnswer(TAG, 'x', ['dnsaddr=/ip4/999.0.0.2/tcp/1/p2p/nobody']),
        mdnsAnswer(TAG, 'x', ['no address']),
        mdnsAnswer(TAG, 'x', [good]).subarray(0, -20),
        mdnsAnswer('_nebula-elsewhere._udp.local', 'x', [good]),
        mdnsAnswer(TAG, 'x', [`dnsaddr=/ip4/10.6.6.6/tcp/1/p2p/${self.toString()}`]),
        mdnsAnswer(TAG, 'x', [good])
      ]

      const many = Array.from({ length: 500 }, (_, i) => good.replace('/tcp/1/', `/tcp/${i + 1}/`))
      send(port, ...packets, mdnsAnswer(TAG, 'x', many), mdnsAnswer(TAG, 'x', [last]))

      while (!heard.some((info) => info.multiaddrs[0]?.toString().includes('10.0.0.99') === true)) {
        await once(beacon, 'peer')
      }

      await beacon.stop()
      assert.deepEqual(
        heard.map((info) => [info.id.toString(), info.multiaddrs.length]),
        [
          [other.toString(), 1],
          [other.toString(), 500],
          [other.toString(), 1]
        ]
      )
    })
  })
})

/** Sends the packets from one socket, so that they arrive in their order. */
function send(port: number, ...packets: Buffer[]): void {
  const socket = createSocket('udp4')
  let left = packets.length

  for (const packet of packets) {
    socket.send(packet, port, '127.0.0.1', () => {
      if (--left === 0) {
        socket.close()
      }
    })
  }
}
