import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { encode } from 'dns-packet'
import * as fc from 'fast-check'
import { MAX_INSTANCES, MAX_PACKET_BYTES, MAX_TEXTS } from '../../../src/discovery/constants.ts'
import { answer, question } from '../../../src/discovery/lan/answers.ts'
import { isOfInterest, readPacket } from '../../../src/discovery/lan/read-packet.ts'
import { createPeerId } from '../../support/create-peer-id.ts'
import { mdnsAnswer } from '../../support/mdns-packet.ts'
import { answerReader, NAMES, OTHERS } from './names.ts'
import type { ReadPacket } from '../../../src/discovery/lan/read-packet.ts'
import type { PeerId } from '@libp2p/interface'
import type { Answer, Question } from 'dns-packet'

const { tag, instance, host } = NAMES

describe('readPacket', () => {
  let peer: PeerId
  let second: PeerId

  before(async () => {
    ;[peer, second] = await Promise.all([createPeerId(), createPeerId()])
  })

  function text(port: number, id = peer): string {
    return `dnsaddr=/ip4/10.0.0.2/tcp/${port}/p2p/${id.toString()}`
  }

  /** As a node takes a datagram. */
  function take(bytes: Uint8Array): ReadPacket | undefined {
    return isOfInterest(bytes, NAMES) ? readPacket(bytes, NAMES) : undefined
  }

  function query(questions: Question[], answers: Answer[] = []): Uint8Array {
    return encode({ type: 'query', id: 7, questions, answers })
  }

  describe('of a question', () => {
    const cases: Array<[name: string, type: Question['type'], kind: string | undefined]> = [
      [tag, 'PTR', 'pointer'],
      [tag, 'ANY' as Question['type'], 'pointer'],
      [tag, 'TXT', undefined],
      [tag.toUpperCase(), 'PTR', undefined],
      ['_nebula-labs._udp.local', 'PTR', undefined],
      [instance, 'SRV', 'all'],
      [instance, 'TXT', 'all'],
      [instance, 'PTR', undefined],
      [OTHERS.instance, 'SRV', undefined],
      [host, 'A', 'all'],
      [host, 'AAAA', 'all'],
      [host, 'TXT', undefined],
      ['_services._dns-sd._udp.local', 'PTR', 'services'],
      ['_http._tcp.local', 'PTR', undefined]
    ]

    for (const [name, type, kind] of cases) {
      it(`${name} ${type} says ${kind ?? 'nothing'}`, () => {
        assert.equal(take(query([{ name, type }]))?.asked?.kind, kind)
      })
    }

    it('finds the one that is for this node among several', () => {
      const questions: Question[] = [
        { name: '_http._tcp.local', type: 'PTR' },
        { name: tag, type: 'PTR' }
      ]
      const { asked } = take(query(questions)) ?? {}
      assert.deepEqual([asked?.kind, asked?.id, asked?.questions.length], ['pointer', 7, 1])
    })

    it('takes one that wants a unicast answer', () => {
      const bytes = Buffer.from(question(NAMES))
      bytes[bytes.length - 2] = 0x80
      assert.equal(take(bytes)?.asked?.kind, 'pointer')
    })

    it('takes one of class IN or ANY, and none of another class', () => {
      for (const [code, kind] of [
        [1, 'pointer'],
        [255, 'pointer'],
        [0x80ff, 'pointer'],
        [0, undefined],
        [3, undefined],
        [0x8003, undefined]
      ] as const) {
        const bytes = Buffer.from(question(NAMES))
        bytes.writeUInt16BE(code, bytes.length - 2)
        assert.equal(take(bytes)?.asked?.kind, kind, `class ${code}`)
      }
    })

    it('says nothing to one that knows this node, and will for a while', () => {
      const known = (data: string, ttl: number): Answer => ({ type: 'PTR', name: tag, data, ttl })
      const asks = [{ name: tag, type: 'PTR' as const }]
      assert.equal(take(query(asks, [known(instance, 60)]))?.asked, undefined)
      assert.equal(take(query(asks, [known(instance, 59)]))?.asked?.kind, 'pointer')
      assert.equal(take(query(asks, [known(OTHERS.instance, 120)]))?.asked?.kind, 'pointer')
    })
  })

  describe('of an answer', () => {
    it('takes several TXT records of one string, as @libp2p/mdns sends them', () => {
      const [found] = take(mdnsAnswer(tag, 'stock', [text(1), text(2)]))?.instances ?? []
      assert.ok(found != null)
      assert.deepEqual(found.texts, [text(1), text(2)])
      assert.deepEqual(answerReader().read(found)?.multiaddrs.map(String), [
        '/ip4/10.0.0.2/tcp/1',
        '/ip4/10.0.0.2/tcp/2'
      ])
    })

    it('tells the instances of one packet apart', () => {
      const records = ['a', 'b'].flatMap((label, i): Answer[] => [
        { type: 'PTR', name: tag, data: `${label}.${tag}`, ttl: 120 },
        { type: 'TXT', name: `${label}.${tag}`, data: text(i + 1, i === 0 ? peer : second), ttl: 120 }
      ])
      const { instances = [] } = take(encode({ type: 'response', answers: records })) ?? {}
      assert.deepEqual(
        instances.map(({ texts }) => texts),
        [[text(1)], [text(2, second)]]
      )
    })

    it('leaves out what is no address, and what names another peer than the first', () => {
      const texts = [
        'id=x',
        'dnsaddr=',
        'dnsaddr=/ip4/999.0.0.1/tcp/1',
        'dnsaddr=/ip4/10.0.0.2/tcp/1',
        text(1)
      ]
      const [found] = take(mdnsAnswer(tag, 'x', [...texts, text(2, second), text(3)]))?.instances ?? []
      assert.deepEqual(found?.texts, [text(1), text(3)])
    })

    const none: Array<[what: string, bytes: () => Uint8Array]> = [
      ['nothing', () => Buffer.alloc(0)],
      ['no DNS message', () => Buffer.from('not DNS, but _nebula-lab')],
      [
        'a head that promises records',
        () => Buffer.from('0000840000000001000000000b5f6e6562756c612d6c6162', 'hex')
      ],
      ['one without strings', () => mdnsAnswer(tag, 'x', [])],
      ['one without an address', () => mdnsAnswer(tag, 'x', ['no address'])],
      ['one cut short', () => mdnsAnswer(tag, 'x', [text(1)]).subarray(0, -20)],
      ['one of another federation', () => mdnsAnswer('_nebula-elsewhere._udp.local', 'x', [text(1)])],
      ['one in other letters', () => mdnsAnswer('_NEBULA-LAB._udp.local', 'x', [text(1)])],
      [
        'one larger than a packet may be',
        () =>
          mdnsAnswer(
            tag,
            'x',
            Array.from({ length: 500 }, (_, i) => text(i + 1))
          )
      ],
      [
        'more records than a packet may have',
        () =>
          mdnsAnswer(
            tag,
            'x',
            Array.from({ length: 300 }, () => '')
          )
      ],
      [
        'a name that points at itself',
        () =>
          Buffer.concat([
            mdnsAnswer(tag, 'x', [text(1)]).subarray(0, 12),
            Buffer.from('c00c', 'hex'),
            Buffer.from('\x0b_nebula-lab')
          ])
      ],
      [
        'another operation of DNS',
        () => {
          const bytes = Buffer.from(mdnsAnswer(tag, 'x', [text(1)]))
          bytes.writeUInt16BE(0xa800, 2)

          return bytes
        }
      ]
    ]

    for (const [what, bytes] of none) {
      it(`finds no instance in ${what}`, () => {
        assert.deepEqual(take(bytes())?.instances ?? [], [])
      })
    }

    it('bounds the strings of an instance, and the instances', () => {
      const [found] =
        take(
          mdnsAnswer(
            tag,
            'x',
            Array.from({ length: 60 }, (_, i) => text(i + 1))
          )
        )?.instances ?? []
      assert.equal(found?.texts.length, MAX_TEXTS)

      const records = Array.from({ length: 40 }, (_, i): Answer[] => [
        { type: 'PTR', name: tag, data: `i${i}.${tag}`, ttl: 120 },
        { type: 'TXT', name: `i${i}.${tag}`, data: text(1), ttl: 120 }
      ]).flat()
      const { instances = [] } = take(encode({ type: 'response', answers: records })) ?? {}
      assert.equal(instances.length, MAX_INSTANCES)
    })
  })

  it('takes no packet with an opcode or a response code, and no record of another class than IN', () => {
    const packet = mdnsAnswer(tag, 'stock', [text(1)])
    assert.equal(take(packet)?.instances.length, 1)

    for (const [bytes, codes] of [
      [packet, [0x2000, 0x7800, 1, 3]],
      [question(NAMES), [0x2000, 0x0800, 3]]
    ] as const) {
      for (const code of codes) {
        const changed = Buffer.from(bytes)
        changed.writeUInt16BE(changed.readUInt16BE(2) | code, 2)
        assert.equal(take(changed), undefined, `flags ${code}`)
      }
    }

    for (const type of ['PTR', 'TXT'] as const) {
      const records: Answer[] = [
        { type: 'PTR', name: tag, data: `a.${tag}`, class: type === 'PTR' ? 'CH' : 'IN' },
        { type: 'TXT', name: `a.${tag}`, data: text(1), class: type === 'TXT' ? 'CH' : 'IN' }
      ]
      assert.deepEqual(take(encode({ type: 'response', answers: records }))?.instances, [])
    }
  })

  it('survives any bytes, and any damage to an answer', () => {
    const good = Buffer.from(
      answer(OTHERS, { peer, addrs: [multiaddr('/ip4/10.0.0.2/tcp/1')] }, 'all') ?? Buffer.alloc(0)
    )
    const reader = answerReader()
    const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })

    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          damage.map((changes) => {
            const bytes = Buffer.from(good)
            changes.forEach(([at, value]) => bytes.writeUInt8(value, at))

            return bytes
          }),
          fc.nat(good.length).map((length) => good.subarray(0, length))
        ),
        (bytes) => {
          // also what would not be looked at
          for (const found of readPacket(bytes, NAMES)?.instances ?? []) {
            assert.ok(found.texts.length > 0 && found.texts.length <= MAX_TEXTS)
            reader.read(found)
          }

          isOfInterest(bytes, NAMES)
        }
      ),
      { numRuns: 1_000 }
    )
  })

  it('looks at no packet that is too large, whatever is in it', () => {
    const bytes = Buffer.alloc(MAX_PACKET_BYTES + 1)
    question(NAMES).forEach((byte, i) => bytes.writeUInt8(byte, i))
    assert.equal(isOfInterest(bytes, NAMES), false)
    assert.equal(isOfInterest(bytes.subarray(0, MAX_PACKET_BYTES), NAMES), true)
  })
})
