import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { mdns } from '@libp2p/mdns'
import { multiaddr } from '@multiformats/multiaddr'
import { encode } from 'dns-packet'
import {
  ANSWER_INTERVAL_MS,
  LEGACY_ANSWERS_PER_SECOND,
  LONGEST_SPEAKING_DELAY_MS,
  PACKETS_AT_ONCE
} from '../../../src/discovery/constants.ts'
import { answer, question } from '../../../src/discovery/lan/answers.ts'
import { MdnsLan } from '../../../src/discovery/lan/mdns-lan.ts'
import { createPeerId } from '../../support/create-peer-id.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { FakeLan, LOOPBACK, networkInterface } from '../fake-lan.ts'
import { NAMES, OTHERS } from './names.ts'
import type { PeerId } from '@libp2p/interface'
import type { AddressManager } from '@libp2p/interface-internal'

const NETWORK = {
  ...LOOPBACK,
  eth0: [networkInterface('10.0.0.1/24'), networkInterface('fe80::1/64', { scopeid: 2 })],
  eth1: [networkInterface('10.0.1.1/24')],
  // one address, and no network: nothing but itself is on its link
  ppp0: [networkInterface('192.168.9.1/32')]
}
const ADDRS = ['/ip4/127.0.0.1/tcp/1', '/ip4/10.0.0.1/tcp/1', '/ip4/10.0.1.1/tcp/1']

describe('MdnsLan', () => {
  let self: PeerId
  let other: PeerId

  before(async () => {
    ;[self, other] = await Promise.all([createPeerId(), createPeerId()])
  })

  async function setUp() {
    const clock = new ManualClock()
    const lan = new FakeLan(NETWORK)
    const heard: string[] = []
    const addressManager = { getAddresses: () => ADDRS.map((addr) => multiaddr(addr)) }
    const mdnsLan = new MdnsLan(
      { peerId: self, logger: defaultLogger(), addressManager: addressManager as unknown as AddressManager },
      {
        federation: 'lab',
        label: 'thisnode',
        port: 5_353,
        groups: { ipv4: '224.0.0.251', ipv6: 'ff02::fb' },
        interfaces: { include: [], exclude: [] },
        addresses: 'private',
        modes: { hear: true, answer: true, announce: true },
        clock,
        random: () => 0,
        mdns,
        datagrams: lan,
        onPeer: ({ id, multiaddrs }, source) => {
          assert.ok(id.equals(other))
          heard.push(`${source}: ${multiaddrs.join(' ')}`)
        }
      }
    )
    await mdnsLan.refresh()
    await clock.advance(10_000)
    lan.sent.length = 0

    return { clock, heard, lan, mdnsLan }
  }

  function announcement(...addrs: string[]): Uint8Array {
    const bytes = answer(OTHERS, { peer: other, addrs: addrs.map((addr) => multiaddr(addr)) }, 'all')
    assert.ok(bytes != null)

    return bytes
  }

  it('answers where the question came from, with the addresses of that interface', async () => {
    for (const [address, zone, on, announced] of [
      ['10.0.0.9', undefined, ['eth0 ipv4'], '/ip4/10.0.0.1'],
      ['10.0.1.9', undefined, ['eth1 ipv4'], '/ip4/10.0.1.1'],
      ['fe80::9', 'eth0', ['eth0 ipv6'], '/ip4/10.0.0.1'],
      ['127.0.0.1', undefined, ['lo ipv4'], '/ip4/127.0.0.1'],
      // a node of this machine that listens on loopback only
      ['10.0.1.1', undefined, ['eth1 ipv4', 'lo ipv4'], '/ip4/10.0.1.1']
    ] as const) {
      const { clock, lan, mdnsLan } = await setUp()
      lan.deliver(question(NAMES), address, 5_353, zone)
      await clock.advance(LONGEST_SPEAKING_DELAY_MS)
      assert.deepEqual(
        lan.sent.map(({ on: name, family }) => `${name} ${family}`),
        on
      )
      const texts = (lan.sent[0]?.packet.additionals ?? []).flatMap((one) =>
        one.type === 'TXT' ? [one.data].flat().map(String) : []
      )
      assert.ok(texts.length === 1 && texts[0]?.startsWith(`dnsaddr=${announced}/`) === true, texts.join())
      await mdnsLan.close()
    }
  })

  it('answers a flood of questions once a second', async () => {
    const { clock, lan, mdnsLan } = await setUp()

    for (let ms = 0; ms < 5 * ANSWER_INTERVAL_MS; ms += 100) {
      for (let i = 0; i < 100; i++) {
        lan.deliver(question(NAMES), `10.0.0.${2 + i}`)
      }

      await clock.advance(100)
    }

    assert.equal(lan.sent.length, 5)
    await mdnsLan.close()
  })

  it('answers one that asks from another port there, but few, and no other network', async () => {
    const { clock, lan, mdnsLan } = await setUp()
    const asked = encode({ type: 'query', id: 99, questions: [{ name: NAMES.tag, type: 'PTR' }] })
    lan.deliver(asked, '10.0.0.9', 40_000)
    await clock.advance(0)
    assert.deepEqual(
      lan.sent.map(({ on, to, port, packet }) => [on, to, port, packet.id]),
      [['eth0', '10.0.0.9', 40_000, 99]]
    )

    for (let i = 0; i < 1_000; i++) {
      lan.deliver(asked, '10.0.0.9', 40_000)
      lan.deliver(asked, '192.168.77.7', 40_000)
      lan.deliver(asked, '8.8.8.8', 40_000)
    }

    await clock.advance(0)
    assert.equal(lan.sent.length, LEGACY_ANSWERS_PER_SECOND)
    assert.ok(lan.sent.every(({ to }) => to === '10.0.0.9'))
    await mdnsLan.close()
  })

  it('hears a peer on each interface, and tells them apart', async () => {
    const { heard, lan, mdnsLan } = await setUp()
    lan.deliver(announcement('/ip4/10.0.0.2/tcp/1'), '10.0.0.2')
    lan.deliver(announcement('/ip4/10.0.1.2/tcp/1'), '10.0.1.2')
    lan.deliver(announcement('/ip6/fd00::2/tcp/1'), 'fe80::2', 5_353, 'eth0')
    assert.deepEqual(heard, [
      'eth0: /ip4/10.0.0.2/tcp/1',
      'eth1: /ip4/10.0.1.2/tcp/1',
      'eth0: /ip6/fd00::2/tcp/1'
    ])
    await mdnsLan.close()
  })

  it('believes loopback addresses of this machine only', async () => {
    const { heard, lan, mdnsLan } = await setUp()
    const loopback = ['/ip4/127.9.9.9/tcp/22', '/ip6/::1/tcp/22', '/ip6/::ffff:127.0.0.1/tcp/22']
    const bytes = announcement(...loopback, '/ip4/10.0.0.2/tcp/1')
    lan.deliver(bytes, '10.0.0.2')
    lan.deliver(announcement(...loopback), '10.0.0.2')
    assert.deepEqual(heard, ['eth0: /ip4/10.0.0.2/tcp/1'])
    lan.deliver(bytes, '10.0.0.1')
    assert.deepEqual(heard.slice(1), [
      'eth0 lo: /ip4/127.9.9.9/tcp/22 /ip6/::1/tcp/22 /ip6/::ffff:7f00:1/tcp/22 /ip4/10.0.0.2/tcp/1'
    ])
    await mdnsLan.close()
  })

  it('gives link-local IPv6 addresses the zone where they came in, and takes none that a packet names', async () => {
    const { heard, lan, mdnsLan } = await setUp()
    const bytes = announcement(
      '/ip6/fe80::2/tcp/1',
      '/ip6zone/eth1/ip6/fe80::3/tcp/1',
      '/ip4/169.254.0.2/tcp/1'
    )
    lan.deliver(bytes, 'fe80::2', 5_353, 'eth0')
    // a sender of which the system tells no zone
    lan.deliver(bytes, '10.0.0.2')
    assert.deepEqual(heard, [
      'eth0: /ip6zone/eth0/ip6/fe80::2/tcp/1 /ip4/169.254.0.2/tcp/1',
      'eth0: /ip4/169.254.0.2/tcp/1'
    ])
    await mdnsLan.close()
  })

  it('hears private addresses of other networks, and none of the Internet', async () => {
    const { heard, lan, mdnsLan } = await setUp()
    lan.deliver(announcement('/ip4/192.168.77.7/tcp/1'), '192.168.77.7')
    lan.deliver(announcement('/ip4/10.0.0.2/tcp/1'), '8.8.8.8')
    assert.equal(heard.length, 1)
    await mdnsLan.close()
  })

  it('reads so many packets of one sender, and others all the same', async () => {
    const { heard, lan, mdnsLan } = await setUp()

    for (let i = 0; i < 2 * PACKETS_AT_ONCE; i++) {
      lan.deliver(announcement('/ip4/10.0.0.2/tcp/1'), '10.0.0.2')
    }

    assert.equal(heard.length, PACKETS_AT_ONCE)
    lan.deliver(announcement('/ip4/10.0.0.3/tcp/1'), '10.0.0.3')
    assert.equal(heard.length, PACKETS_AT_ONCE + 1)
    await mdnsLan.close()
  })

  it('hears nothing when it is closed', async () => {
    const { clock, heard, lan, mdnsLan } = await setUp()
    lan.deliver(question(NAMES), '10.0.0.9')
    await mdnsLan.close()
    lan.deliver(announcement('/ip4/10.0.0.2/tcp/1'), '10.0.0.2')
    assert.deepEqual([heard, clock.pending, lan.listening, lan.open], [[], 0, false, []])
  })
})
