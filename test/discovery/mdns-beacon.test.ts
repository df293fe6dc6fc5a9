import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { before, describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import { TypedEventEmitter } from 'main-event'
import {
  ANSWER_INTERVAL_MS,
  BEACON_JITTER,
  BEACON_REPEAT_MS,
  FAULT_GRACE_MS,
  LONGEST_SPEAKING_DELAY_MS,
  REFRESH_INTERVAL_MS,
  SHORTEST_SPEAKING_DELAY_MS
} from '../../src/discovery/constants.ts'
import { question } from '../../src/discovery/lan/answers.ts'
import { MdnsBeacon } from '../../src/discovery/mdns-beacon.ts'
import { Warnings } from '../../src/warnings/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import { mdnsAnswer } from '../support/mdns-packet.ts'
import { FakeLan, LOOPBACK, networkInterface } from './fake-lan.ts'
import { OTHERS } from './lan/names.ts'
import type { BeaconPeer, MdnsBeaconComponents, MdnsBeaconInit } from '../../src/discovery/mdns-beacon.ts'
import type { NetworkInterfaces } from '../../src/discovery/lan/types.ts'
import type { Libp2pEvents, PeerId } from '@libp2p/interface'
import type { AddressManager } from '@libp2p/interface-internal'

const TAG = '_nebula-lab._udp.local'
const ETH0 = { eth0: [networkInterface('10.0.0.1/24'), networkInterface('fe80::1/64', { scopeid: 2 })] }
const WLAN0 = { wlan0: [networkInterface('192.168.1.5/24')] }

describe('MdnsBeacon', () => {
  let self: PeerId
  let other: PeerId

  before(async () => {
    self = await createPeerId()
    other = await createPeerId()
  })

  function setUp(network: NetworkInterfaces = LOOPBACK, init: Partial<MdnsBeaconInit> = {}) {
    const clock = new ManualClock()
    const lan = new FakeLan(network)
    const addrs = ['/ip4/127.0.0.1/tcp/1', '/ip4/10.0.0.1/tcp/1', '/ip4/192.168.1.5/tcp/1']
    const addressManager: Pick<AddressManager, 'getAddresses'> = {
      getAddresses: () => addrs.map((addr) => multiaddr(`${addr}/p2p/${self.toString()}`))
    }
    const events = new TypedEventEmitter<Libp2pEvents>()
    const components: MdnsBeaconComponents = {
      peerId: self,
      logger: defaultLogger(),
      events,
      addressManager: addressManager as AddressManager
    }
    const warnings = new Warnings(components, { clock })
    const told: string[] = []
    warnings.addEventListener('raised', ({ detail }) => told.push(`${detail.code} ${detail.subject ?? ''}`))
    warnings.addEventListener('ended', ({ detail }) =>
      told.push(`end ${detail.code} ${detail.subject ?? ''}`)
    )
    const beacon = new MdnsBeacon(components, {
      federation: 'lab',
      interval: 10_000,
      maxInterval: 30_000,
      clock,
      random: () => 0,
      warnings,
      ...lan.init,
      ...init
    })
    const heard: BeaconPeer[] = []
    beacon.addEventListener('peer', ({ detail }) => heard.push(detail))

    return {
      addrs,
      beacon,
      clock,
      events,
      heard,
      lan,
      told,
      /** What was sent since the last call: `question eth0 ipv4`, `answer eth0 ipv4`. */
      sent: (): string[] =>
        lan.sent
          .splice(0)
          .map(
            ({ packet, on, family }) => `${packet.type === 'query' ? 'question' : 'answer'} ${on} ${family}`
          )
          .sort(),
      /** Advances, and counts the questions of the time. */
      questionsWithin: async (ms: number): Promise<number> => {
        const asked = lan.questions
        await clock.advance(ms)

        return lan.questions - asked
      }
    }
  }

  describe('asks', () => {
    it('after a random moment, soon again, and then less and less often', async () => {
      const { beacon, questionsWithin } = setUp()
      await beacon.start()
      assert.equal(await questionsWithin(SHORTEST_SPEAKING_DELAY_MS - 1), 0)
      assert.equal(await questionsWithin(1), 1)

      for (const gap of [BEACON_REPEAT_MS, 2_000, 4_000, 8_000, 10_000, 20_000, 30_000, 30_000]) {
        assert.equal(await questionsWithin(gap - 1), 0)
        assert.equal(await questionsWithin(1), 1)
      }

      await beacon.stop()
    })

    it('within the interval after a change, without asking sooner for many', async () => {
      const { beacon, questionsWithin } = setUp()
      await beacon.start()
      // at 0, 1, 3, 7, 15, 25, 45 seconds
      assert.equal(await questionsWithin(45_100), 7)

      for (let i = 0; i < 5; i++) {
        beacon.noteChange()
      }

      assert.equal(await questionsWithin(9_999), 0)
      assert.equal(await questionsWithin(1), 1)
      assert.equal(await questionsWithin(10_000), 1)
      assert.equal(await questionsWithin(20_000), 1)
      await beacon.stop()
    })

    it('as often at the start when peers are found meanwhile', async () => {
      const { beacon, questionsWithin } = setUp()
      await beacon.start()
      await questionsWithin(SHORTEST_SPEAKING_DELAY_MS)
      beacon.noteChange()
      assert.equal(await questionsWithin(BEACON_REPEAT_MS), 1)
      beacon.noteChange()
      assert.equal(await questionsWithin(2_000), 1)
      await beacon.stop()
    })

    it('in intervals that are shorter by up to the jitter, but for the first', async () => {
      const { beacon, questionsWithin } = setUp(LOOPBACK, { interval: 2_000, random: () => 0.999_999 })
      await beacon.start()
      await questionsWithin(LONGEST_SPEAKING_DELAY_MS)
      assert.equal(await questionsWithin(BEACON_REPEAT_MS - 1), 0)
      assert.equal(await questionsWithin(1), 1)
      assert.equal(await questionsWithin(2_000 * (1 - BEACON_JITTER) - 1), 0)
      assert.equal(await questionsWithin(2), 1)
      await beacon.stop()
    })

    it('at once in another interval, while it runs', async () => {
      const { beacon, lan, questionsWithin } = setUp()
      await beacon.start()
      await beacon.setInterval(60_000)
      assert.equal(lan.questions, 1)
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

    it('in no interval that no timer or LAN can bear', async () => {
      const { beacon } = setUp()
      await beacon.setInterval(100)
      await beacon.setInterval(3_600_000)

      for (const ms of [99, 3_600_001, Number.NaN, -1, Infinity]) {
        await assert.rejects(beacon.setInterval(ms), { name: 'InvalidParametersError' })
        assert.throws(() => setUp(LOOPBACK, { interval: ms }), { name: 'InvalidParametersError' })
      }

      assert.equal(beacon.interval, 3_600_000)
    })
  })

  describe('follows the interfaces', () => {
    it('asks and announces on each, in each family, and joins the groups there', async () => {
      const { beacon, clock, lan, sent } = setUp({ ...LOOPBACK, ...ETH0, ...WLAN0 })
      await beacon.start()
      await clock.advance(SHORTEST_SPEAKING_DELAY_MS)
      const keys = ['eth0 ipv4', 'eth0 ipv6', 'lo ipv4', 'wlan0 ipv4']
      assert.deepEqual(lan.open, keys)
      assert.deepEqual(sent(), [
        ...keys.map((key) => `answer ${key}`),
        ...keys.map((key) => `question ${key}`)
      ])
      assert.deepEqual([...lan.joined].sort(), [
        '224.0.0.251 10.0.0.1',
        '224.0.0.251 127.0.0.1',
        '224.0.0.251 192.168.1.5',
        'ff02::fb ::%eth0'
      ])
      await beacon.stop()
      assert.deepEqual([lan.open, lan.listening, clock.pending], [[], false, 0])
    })

    it('asks on one that comes as at the start, and leaves one that goes', async () => {
      const { beacon, clock, lan, sent } = setUp({ ...LOOPBACK, ...WLAN0 })
      await beacon.start()
      await clock.advance(100_000)
      lan.network = { ...LOOPBACK, ...ETH0 }
      sent()
      await clock.advance(REFRESH_INTERVAL_MS + SHORTEST_SPEAKING_DELAY_MS)
      assert.deepEqual(lan.open, ['eth0 ipv4', 'eth0 ipv6', 'lo ipv4'])
      assert.ok(!lan.joined.has('224.0.0.251 192.168.1.5'))
      const first = sent()
      assert.ok(first.includes('question eth0 ipv4') && first.includes('answer eth0 ipv6'), first.join())
      await clock.advance(ANSWER_INTERVAL_MS)
      const second = sent()
      assert.ok(second.includes('question eth0 ipv4') && second.includes('answer eth0 ipv4'), second.join())
      await beacon.stop()
    })

    it('opens another socket when the address of one changes', async () => {
      const { addrs, beacon, clock, lan, sent } = setUp(WLAN0)
      await beacon.start()
      await clock.advance(100_000)
      lan.network = { wlan0: [networkInterface('192.168.1.77/24')] }
      addrs.push('/ip4/192.168.1.77/tcp/1')
      sent()
      await clock.advance(REFRESH_INTERVAL_MS + SHORTEST_SPEAKING_DELAY_MS)
      assert.deepEqual([...lan.joined], ['224.0.0.251 192.168.1.77'])
      assert.ok(sent().includes('answer wlan0 ipv4'))
      await beacon.stop()
    })

    it('uses those that are included and not excluded, by name or subnet', async () => {
      const network = {
        ...LOOPBACK,
        ...ETH0,
        ...WLAN0,
        eth1: [networkInterface('172.17.0.1/16')],
        veth12: [networkInterface('fe80::7/64', { scopeid: 9 })]
      }

      for (const [interfaces, excludeInterfaces, expected] of [
        [undefined, undefined, ['eth0 ipv4', 'eth0 ipv6', 'eth1 ipv4', 'lo ipv4', 'wlan0 ipv4']],
        [['eth*'], ['172.16.0.0/12'], ['eth0 ipv4', 'eth0 ipv6']],
        [['192.168.0.0/16', 'lo'], [], ['lo ipv4', 'wlan0 ipv4']],
        [['fe80::7'], [], ['veth12 ipv6']],
        [[], ['*'], []]
      ] as const) {
        const { beacon, lan } = setUp(network, {
          interfaces: interfaces == null ? undefined : [...interfaces],
          excludeInterfaces: excludeInterfaces == null ? undefined : [...excludeInterfaces]
        })
        await beacon.start()
        assert.deepEqual(lan.open, expected)
        await beacon.stop()
      }
    })

    it('opens one anew that a datagram could not be sent on', async () => {
      const { beacon, clock, lan, sent } = setUp({ ...LOOPBACK, ...WLAN0 })
      lan.failures.set('send wlan0 ipv4', new Error('ENETUNREACH'))
      await beacon.start()
      await clock.advance(SHORTEST_SPEAKING_DELAY_MS)
      assert.deepEqual(lan.open, ['lo ipv4'])
      await clock.advance(60_000)
      sent()
      await clock.advance(5 * REFRESH_INTERVAL_MS)
      assert.ok(sent().length <= 2, 'the others are not asked more often for it')
      lan.failures.clear()
      await clock.advance(REFRESH_INTERVAL_MS + SHORTEST_SPEAKING_DELAY_MS)
      const after = sent()
      assert.ok(after.includes('question wlan0 ipv4') && after.includes('answer wlan0 ipv4'), after.join())
      await beacon.stop()
    })

    it('keeps those it has while the system does not tell them', async () => {
      const { beacon, clock, lan } = setUp(WLAN0)
      await beacon.start()
      lan.network = () => {
        throw new Error('EMFILE')
      }
      await clock.advance(REFRESH_INTERVAL_MS)
      assert.deepEqual(lan.open, ['wlan0 ipv4'])
      await beacon.stop()
    })
  })

  describe('announces itself', () => {
    it('twice at the start, at its interval, and when its addresses change', async () => {
      const { addrs, beacon, clock, events, sent } = setUp(WLAN0)
      await beacon.start()
      await clock.advance(0)
      assert.deepEqual(sent(), ['answer wlan0 ipv4'])
      await clock.advance(ANSWER_INTERVAL_MS)
      assert.equal(sent().filter((line) => line.startsWith('answer')).length, 1)
      await clock.advance(60_000)
      const later = sent()
      const [answers, questions] = ['answer', 'question'].map(
        (kind) => later.filter((line) => line.startsWith(kind)).length
      )
      assert.deepEqual([answers, questions], [6, 6])

      addrs.push('/ip4/192.168.1.5/tcp/2/ws')
      events.safeDispatchEvent('self:peer:update')
      await clock.advance(0)
      assert.deepEqual(sent(), ['answer wlan0 ipv4'])
      await beacon.stop()
    })

    it('with its location, again when that has changed, and raises that of others', async () => {
      let location: { latitude: number; longitude: number } | undefined
      const { beacon, clock, heard, lan } = setUp(WLAN0, { location: () => location })
      const told = (): string[] =>
        lan.sent
          .splice(0)
          .flatMap(({ packet }) => [...(packet.answers ?? []), ...(packet.additionals ?? [])])
          .flatMap((one) => (one.type === 'TXT' ? [one.data].flat().map(String) : []))
          .filter((text) => text.startsWith('location='))

      await beacon.start()
      await clock.advance(2 * ANSWER_INTERVAL_MS)
      assert.deepEqual(told(), [])
      location = { latitude: 1.5, longitude: -2 }
      beacon.announceChanges()
      await clock.advance(ANSWER_INTERVAL_MS)
      assert.ok(told().includes('location=1.5,-2'))

      const texts = [`dnsaddr=/ip4/192.168.1.6/tcp/1/p2p/${other.toString()}`, 'location=38.02,-1.17']
      lan.deliver(mdnsAnswer(TAG, 'other', texts), '192.168.1.6')
      lan.deliver(mdnsAnswer(TAG, 'other', [texts[0] ?? '', 'location=400,0']), '192.168.1.6')
      assert.deepEqual(
        heard.map((one) => one.location),
        [{ latitude: 38.02, longitude: -1.17 }, undefined]
      )
      await beacon.stop()
    })

    it('as soon as it has an address, and says goodbye when it stops', async () => {
      const { addrs, beacon, clock, lan, sent } = setUp(WLAN0)
      const later = addrs.splice(0)
      await beacon.start()
      await clock.advance(60_000)
      assert.ok(sent().every((line) => line.startsWith('question')))
      addrs.push(...later)
      await clock.advance(REFRESH_INTERVAL_MS)
      assert.ok(sent().includes('answer wlan0 ipv4'))
      await beacon.stop()
      assert.deepEqual(
        lan.sent.map(({ packet }) => packet.answers?.map((one) => [one.type, 'ttl' in one && one.ttl])),
        [[['PTR', 0]]]
      )
    })
  })

  describe('by halves', () => {
    const OTHER = ['/ip4/192.168.1.6/tcp/1']

    for (const modes of [
      { hear: false, answer: false, announce: false },
      { hear: true, answer: false, announce: false },
      { hear: true, answer: true, announce: false },
      { hear: false, answer: false, announce: true },
      { hear: true, answer: true, announce: true }
    ]) {
      const what = Object.entries(modes).flatMap(([mode, isOn]) => (isOn ? [mode] : []))

      it(`${what.join(' and ') || 'nothing'}: does that and nothing else`, async () => {
        const { beacon, clock, heard, lan, sent } = setUp(WLAN0)
        const answersTo = async (port: number): Promise<number> => {
          // the limit of one answer a second is over, and the beacon is not due
          await clock.advance(ANSWER_INTERVAL_MS)
          sent()
          lan.deliver(question(OTHERS), '192.168.1.6', port)
          await clock.advance(LONGEST_SPEAKING_DELAY_MS)

          return sent().filter((line) => line.startsWith('answer')).length
        }

        await beacon.setModes(modes)
        await clock.advance(60_000)
        const unasked = sent()
        assert.equal(
          unasked.some((line) => line.startsWith('question')),
          modes.hear
        )
        assert.equal(
          unasked.some((line) => line.startsWith('answer')),
          modes.announce
        )

        assert.equal(await answersTo(5_353), modes.answer ? 1 : 0)
        assert.equal(await answersTo(40_000), modes.answer ? 1 : 0)
        lan.announce({ id: other, multiaddrs: OTHER.map((addr) => multiaddr(addr)) })
        assert.equal(heard.length, modes.hear ? 1 : 0)

        // one that never told where it is does not say that it has gone
        await beacon.stop()
        assert.equal(sent().length, modes.answer || modes.announce ? 1 : 0)
        assert.deepEqual([clock.pending, lan.listening, lan.open], [0, false, []])
      })
    }

    it('answers no question of its own, which comes back to it', async () => {
      const { beacon, clock, lan, sent } = setUp(WLAN0)
      await beacon.setModes({ hear: true, answer: true, announce: false })
      await clock.advance(LONGEST_SPEAKING_DELAY_MS)
      const own = lan.sent.find(({ packet }) => packet.type === 'query')
      assert.ok(own != null)
      sent()
      lan.deliver(own.bytes, '192.168.1.5')
      await clock.advance(LONGEST_SPEAKING_DELAY_MS)
      assert.deepEqual(sent(), [])

      // that of another node of this machine is
      lan.deliver(question(OTHERS, true), '192.168.1.5')
      await clock.advance(LONGEST_SPEAKING_DELAY_MS)
      assert.deepEqual(sent(), ['answer wlan0 ipv4'])
      await beacon.stop()
    })

    it('takes up the other half at once, and says goodbye when it no longer speaks of itself', async () => {
      const { beacon, clock, lan, sent } = setUp(WLAN0)
      const goodbyes = (): number =>
        lan.sent
          .splice(0)
          .filter(({ packet }) => packet.answers?.some((one) => 'ttl' in one && one.ttl === 0)).length

      await beacon.setModes({ hear: true, answer: true, announce: false })
      await clock.advance(60_000)
      assert.ok(sent().every((line) => line.startsWith('question')))

      await beacon.setModes({ hear: true, answer: true, announce: true })
      await clock.advance(0)
      assert.deepEqual(sent(), ['answer wlan0 ipv4'])
      await clock.advance(60_000)

      await beacon.setModes({ hear: false, answer: false, announce: true })
      await clock.advance(60_000)
      assert.equal(goodbyes(), 0)

      await beacon.setModes({ hear: true, answer: true, announce: true })
      await clock.advance(LONGEST_SPEAKING_DELAY_MS)
      assert.ok(sent().includes('question wlan0 ipv4'))

      await beacon.setModes({ hear: true, answer: false, announce: false })
      assert.equal(goodbyes(), 1)
      await beacon.stop()
      assert.equal(goodbyes(), 0)
    })

    it('warns of no address only while one is to be told', async () => {
      const { addrs, beacon, clock, told } = setUp(WLAN0)
      addrs.splice(0)
      await beacon.setModes({ hear: true, answer: false, announce: false })
      await clock.advance(FAULT_GRACE_MS * 3)
      assert.deepEqual(told, [])
      await beacon.setModes({ hear: false, answer: false, announce: true })
      await clock.advance(FAULT_GRACE_MS * 3)
      assert.deepEqual(told, ['mdns-no-address '])
      await beacon.stop()
    })
  })

  it('can be started and stopped twice, at once, and again', async () => {
    const { beacon, clock, lan } = setUp()
    await beacon.stop()
    await Promise.all([beacon.start(), beacon.start()])
    assert.ok(beacon.running)
    await Promise.all([beacon.stop(), beacon.start(), beacon.stop()])
    assert.ok(!beacon.running)
    assert.deepEqual([clock.pending, lan.listening], [0, false])
    await Promise.all([beacon.start(), beacon.stop(), beacon.start()])
    assert.ok(lan.listening)
    await beacon.stop()
    await beacon.stop()
    assert.deepEqual([clock.pending, lan.listening], [0, false])
  })

  it('raises each answer, also repeated ones, but never of itself and never when stopped', async () => {
    const { beacon, heard, lan } = setUp()
    const info = { id: other, multiaddrs: [multiaddr('/ip4/10.0.0.2/tcp/1')] }
    await beacon.start()
    lan.announce(info)
    lan.announce(info)
    lan.announce({ id: self, multiaddrs: [multiaddr('/ip4/10.0.0.66/tcp/1')] })
    assert.deepEqual(
      heard.map(({ id, multiaddrs }) => [id.toString(), multiaddrs.join()]),
      [info, info].map(({ id, multiaddrs }) => [id.toString(), multiaddrs.join()])
    )
    await beacon.stop()
    lan.announce(info)
    assert.equal(heard.length, 2)
  })

  describe('tells', () => {
    const inUse = Object.assign(new Error('bind EADDRINUSE'), { code: 'EADDRINUSE' })

    it('that the port is taken, once, and when it is free again', async () => {
      const { beacon, clock, lan, told, questionsWithin } = setUp({ ...LOOPBACK, ...ETH0 })
      lan.failures.set('ipv4', inUse)
      await beacon.start()
      await clock.advance(30_000)
      assert.deepEqual(told, ['mdns-port-taken IPv4'])
      assert.deepEqual(lan.open, ['eth0 ipv6'], 'the other family goes on')

      lan.failures.clear()
      assert.ok((await questionsWithin(REFRESH_INTERVAL_MS + LONGEST_SPEAKING_DELAY_MS)) >= 3)
      assert.deepEqual(told, ['mdns-port-taken IPv4', 'end mdns-port-taken IPv4'])
      await beacon.stop()
    })

    it('that no interface takes multicast, unless that is over soon', async () => {
      const { beacon, clock, lan, told } = setUp({})
      await beacon.start()
      await clock.advance(FAULT_GRACE_MS - 1)
      assert.deepEqual(told, [])
      await clock.advance(REFRESH_INTERVAL_MS)
      assert.deepEqual(told, ['mdns-no-multicast '])
      lan.network = WLAN0
      await clock.advance(REFRESH_INTERVAL_MS)
      assert.deepEqual(told, ['mdns-no-multicast ', 'end mdns-no-multicast '])
      await beacon.stop()
    })

    it('the same when each of them fails', async () => {
      const { beacon, clock, lan, told } = setUp({ ...LOOPBACK, ...WLAN0 })
      lan.failures.set('send wlan0 ipv4', new Error('EPERM'))
      await beacon.start()
      await clock.advance(30_000)
      assert.deepEqual(told, ['mdns-no-multicast '])
      lan.failures.clear()
      await clock.advance(REFRESH_INTERVAL_MS * 2)
      assert.deepEqual(told, ['mdns-no-multicast ', 'end mdns-no-multicast '])
      await beacon.stop()
    })

    it('that there is no address to announce, unless it comes soon', async () => {
      const { addrs, beacon, clock, told } = setUp(WLAN0)
      const later = addrs.splice(0)
      addrs.push('/ip4/8.8.8.8/tcp/1')
      await beacon.start()
      await clock.advance(FAULT_GRACE_MS - 1)
      assert.deepEqual(told, [])
      await clock.advance(REFRESH_INTERVAL_MS)
      assert.deepEqual(told, ['mdns-no-address '])
      addrs.push(...later)
      await clock.advance(REFRESH_INTERVAL_MS)
      assert.deepEqual(told, ['mdns-no-address ', 'end mdns-no-address '])
      await beacon.stop()
    })

    it('that loopback is all there is to announce, where there is a LAN', async () => {
      const { addrs, beacon, clock, told } = setUp(WLAN0)
      addrs.splice(0)
      addrs.push('/ip4/127.0.0.1/tcp/1')
      await beacon.start()
      await clock.advance(FAULT_GRACE_MS + REFRESH_INTERVAL_MS)
      assert.deepEqual(told, ['mdns-no-address '])
      await beacon.stop()
    })

    it('nothing when it stops in a fault', async () => {
      const { beacon, clock, told } = setUp({})
      await beacon.start()
      await clock.advance(FAULT_GRACE_MS * 2)
      await beacon.stop()
      assert.deepEqual(told, ['mdns-no-multicast ', 'end mdns-no-multicast '])
    })
  })

  describe('on sockets of the system', () => {
    /** Unicast to loopback, so that no test speaks to the LAN of the machine it runs on. */
    const init = {
      ip: '127.0.0.1',
      datagrams: undefined,
      mdns: undefined,
      clock: undefined,
      interfaces: ['lo', '127.0.0.0/8']
    }

    async function taken(): Promise<{ socket: ReturnType<typeof createSocket>; port: number }> {
      const socket = createSocket({ type: 'udp4', reuseAddr: false })
      socket.bind(0)
      await once(socket, 'listening')

      return { socket, port: socket.address().port }
    }

    it('works when a port that was taken is free again', async () => {
      const { socket, port } = await taken()
      const { beacon, told } = setUp(undefined, { ...init, port })
      await beacon.start()
      assert.deepEqual(told, ['mdns-port-taken IPv4'])
      await new Promise<void>((resolve) => socket.close(() => resolve()))
      await beacon.setInterval(5_000)
      assert.deepEqual(told, ['mdns-port-taken IPv4', 'end mdns-port-taken IPv4'])
      const heard = once(beacon, 'peer')
      const sender = createSocket('udp4')
      sender.send(
        mdnsAnswer(TAG, 'other', [`dnsaddr=/ip4/10.0.0.2/tcp/1/p2p/${other.toString()}`]),
        port,
        '127.0.0.1',
        () => sender.close()
      )
      await heard
      await beacon.stop()
    })
  })

  it('says nothing of faults that are over before the system is asked', async () => {
    const { beacon, told } = setUp(WLAN0)
    await beacon.start()
    await settle()
    await beacon.stop()
    assert.deepEqual(told, [])
  })
})
