import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { decode } from 'dns-packet'
import * as fc from 'fast-check'
import {
  LEGACY_TTL_S,
  MAX_ANSWER_BYTES,
  MAX_TEXT_BYTES,
  RECORD_TTL_S
} from '../../../src/discovery/constants.ts'
import { answer, goodbye, legacyAnswer, question } from '../../../src/discovery/lan/answers.ts'
import { isOfInterest, readPacket } from '../../../src/discovery/lan/read-packet.ts'
import { ALL_SERVICES } from '../../../src/discovery/lan/service-names.ts'
import { createPeerId } from '../../support/create-peer-id.ts'
import { answerReader, NAMES, OTHERS } from './names.ts'
import type { AnswerKind } from '../../../src/discovery/lan/answers.ts'
import type { PeerId } from '@libp2p/interface'
import type { Answer, DecodedPacket } from 'dns-packet'

const address = fc
  .tuple(
    fc.oneof(
      fc.tuple(fc.constant('ip4'), fc.ipV4()),
      fc.tuple(fc.constant('ip6'), fc.ipV6()),
      fc.tuple(fc.constant('dns4'), fc.constantFrom('host.example', 'x'.repeat(60), 'y'.repeat(190)))
    ),
    fc.integer({ min: 1, max: 65_535 }),
    fc.constantFrom('', '/ws', '/tls/ws')
  )
  .map(([[family, host], port, rest]) => multiaddr(`/${family}/${host}/tcp/${port}${rest}`))

function read(bytes: Uint8Array | undefined): DecodedPacket {
  assert.ok(bytes != null)

  return decode(Buffer.from(bytes))
}

function types(records: Answer[] = []): string[] {
  return records.map(({ type }) => type)
}

describe('an answer', () => {
  let peer: PeerId

  before(async () => {
    peer = await createPeerId()
  })

  it('has the records that zeroconf needs, and the addresses as strings of one TXT record', () => {
    const addrs = ['/ip4/10.0.0.1/tcp/4001', '/ip6/fd00::1/tcp/4002/ws'].map((text) => multiaddr(text))
    const { answers = [], additionals = [], flag_aa } = read(answer(OTHERS, { peer, addrs }, 'pointer'))
    assert.ok(flag_aa)
    assert.deepEqual(types(answers), ['PTR'])
    assert.deepEqual(types(additionals), ['SRV', 'TXT', 'A', 'AAAA'])
    const [srv, txt, a, aaaa] = additionals
    assert.ok(srv?.type === 'SRV' && txt?.type === 'TXT' && a?.type === 'A' && aaaa?.type === 'AAAA')
    assert.equal(answers[0]?.type === 'PTR' && answers[0].data, 'othernode._nebula-lab._udp.local')
    assert.deepEqual([srv.data.port, srv.data.target], [4001, 'othernode.local'])
    assert.deepEqual(
      [txt.data].flat().map(String),
      addrs.map((addr) => `dnsaddr=${addr.toString()}/p2p/${peer.toString()}`)
    )
    assert.deepEqual([a.name, a.data, aaaa.data], ['othernode.local', '10.0.0.1', 'fd00::1'])

    for (const record of [srv, txt, a, aaaa]) {
      assert.deepEqual([record.ttl, record.flush], [RECORD_TTL_S, true])
    }
  })

  it('to a program that is no responder repeats its question and is soon forgotten', () => {
    const location = { peer, addrs: [multiaddr('/ip4/10.0.0.1/tcp/4001')] }
    const questions = [{ name: NAMES.tag, type: 'PTR' as const }]
    const packet = read(legacyAnswer(NAMES, location, 'pointer', { id: 4711, questions }))
    assert.equal(packet.id, 4711)
    assert.equal(packet.questions?.[0]?.name, NAMES.tag)

    for (const record of [...(packet.answers ?? []), ...(packet.additionals ?? [])]) {
      assert.ok('ttl' in record && record.ttl === LEGACY_TTL_S && record.flush === false)
    }
  })

  it('to the question for all services has the tag', () => {
    const location = { peer, addrs: [multiaddr('/ip4/10.0.0.1/tcp/4001')] }
    const [pointer] = read(answer(NAMES, location, 'services')).answers ?? []
    assert.ok(pointer?.type === 'PTR')
    assert.deepEqual([pointer.name, pointer.data], [ALL_SERVICES, NAMES.tag])
  })

  it('is none without an address, or when no string holds one', () => {
    assert.equal(answer(NAMES, { peer, addrs: [] }, 'all'), undefined)
    assert.equal(
      answer(NAMES, { peer, addrs: [multiaddr(`/dns4/${'y'.repeat(250)}/tcp/1`)] }, 'all'),
      undefined
    )
  })

  it('of any addresses fits a frame, and is read by @libp2p/mdns as they were', () => {
    const reader = answerReader()

    fc.assert(
      fc.property(
        fc.uniqueArray(address, { maxLength: 40, selector: String }),
        fc.constantFrom<AnswerKind>('pointer', 'all'),
        (addrs, kind) => {
          const bytes = answer(OTHERS, { peer, addrs }, kind)
          const fitting = addrs.filter(
            (addr) => Buffer.byteLength(`dnsaddr=${addr.toString()}/p2p/${peer.toString()}`) <= MAX_TEXT_BYTES
          )

          if (bytes == null) {
            assert.equal(fitting.length, 0)

            return
          }

          assert.ok(bytes.length <= MAX_ANSWER_BYTES)
          assert.ok(isOfInterest(bytes, NAMES))
          const [instance, ...rest] = readPacket(bytes, NAMES)?.instances ?? []
          assert.ok(instance != null && rest.length === 0)
          const info = reader.read(instance)
          assert.ok(info?.id.equals(peer) === true)
          assert.deepEqual(
            info.multiaddrs.map(String),
            fitting.slice(0, info.multiaddrs.length).map(String),
            'the first ones, in their order'
          )
        }
      )
    )
  })

  it('is no peer to the node itself, and a goodbye is no peer at all', () => {
    const reader = answerReader()
    const own = answer(NAMES, { peer, addrs: [multiaddr('/ip4/10.0.0.1/tcp/1')] }, 'all')
    const [instance] = readPacket(own ?? new Uint8Array(), NAMES)?.instances ?? []
    assert.ok(instance != null)
    assert.equal(reader.read(instance), undefined)
    assert.deepEqual(readPacket(goodbye(OTHERS), NAMES)?.instances, [])
  })

  it('is asked for by one question', () => {
    const { type, questions } = read(question(NAMES))
    assert.equal(type, 'query')
    assert.deepEqual(
      questions?.map((one) => [one.name, one.type, one.class]),
      [[NAMES.tag, 'PTR', 'IN']]
    )
  })
})
