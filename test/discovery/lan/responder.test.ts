import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  ALL_PACKETS_AT_ONCE,
  ANSWER_INTERVAL_MS,
  LONGEST_SPEAKING_DELAY_MS,
  MAX_SENDERS,
  PACKETS_AT_ONCE,
  PACKETS_PER_SECOND,
  SHORTEST_SPEAKING_DELAY_MS
} from '../../../src/discovery/constants.ts'
import { PacketLimits } from '../../../src/discovery/lan/packet-limits.ts'
import { Responder } from '../../../src/discovery/lan/responder.ts'
import { ManualClock } from '../../support/manual-clock.ts'

function setUp(random = 0, hasAddress = true) {
  const clock = new ManualClock()
  const start = clock.now()
  const spoken: string[] = []
  const responder = new Responder({
    clock,
    random: () => random,
    send: (key, kind) => {
      spoken.push(`${clock.now() - start} ${key} ${kind}`)

      return hasAddress
    }
  })

  return { clock, responder, spoken }
}

describe('Responder', () => {
  it('answers in a random moment, once for all that ask meanwhile', async () => {
    for (const [random, delay] of [
      [0, SHORTEST_SPEAKING_DELAY_MS],
      [1, LONGEST_SPEAKING_DELAY_MS]
    ] as const) {
      const { clock, responder, spoken } = setUp(random)
      Array.from({ length: 1_000 }, () => responder.answer('eth0 ipv4', 'pointer'))
      await clock.advance(10_000)
      assert.deepEqual(spoken, [`${delay} eth0 ipv4 pointer`])
    }
  })

  it('answers a flood of questions once a second on each interface', async () => {
    const { clock, responder, spoken } = setUp()

    for (let ms = 0; ms < 10_000; ms += 10) {
      responder.answer('eth0 ipv4', 'pointer')
      responder.answer('eth0 ipv6', 'pointer')
      await clock.advance(10)
    }

    assert.equal(spoken.length, 2 * 10)
  })

  it('answers a question that comes too early as soon as it may', async () => {
    const { clock, responder, spoken } = setUp()
    responder.answer('eth0 ipv4', 'pointer')
    await clock.advance(500)
    responder.answer('eth0 ipv4', 'pointer')
    await clock.advance(5_000)
    assert.deepEqual(spoken, ['20 eth0 ipv4 pointer', `${20 + ANSWER_INTERVAL_MS} eth0 ipv4 pointer`])
  })

  it('announces at once and again in a second, in the place of an answer that waits', async () => {
    const { clock, responder, spoken } = setUp()
    responder.answer('eth0 ipv4', 'pointer')
    responder.announce('eth0 ipv4')
    await clock.advance(5_000)
    assert.deepEqual(spoken, ['0 eth0 ipv4 all', `${ANSWER_INTERVAL_MS} eth0 ipv4 all`])
    assert.equal(clock.pending, 0)
  })

  it('answers with all that was asked for when questions of two kinds wait', async () => {
    const { clock, responder, spoken } = setUp()
    responder.answer('eth0 ipv4', 'pointer')
    responder.answer('eth0 ipv4', 'all')
    responder.answer('eth0 ipv4', 'services')
    await clock.advance(5_000)
    assert.deepEqual(spoken, ['20 eth0 ipv4 all', '20 eth0 ipv4 services'])
  })

  it('is held up by no answer that was none, nor by a clock that was set back', async () => {
    const silent = setUp(0, false)
    silent.responder.answer('eth0 ipv4', 'pointer')
    await silent.clock.advance(20)
    silent.responder.answer('eth0 ipv4', 'pointer')
    await silent.clock.advance(20)
    assert.equal(silent.spoken.length, 2)

    const { clock, responder, spoken } = setUp()
    responder.answer('eth0 ipv4', 'pointer')
    await clock.advance(20)
    clock.leap(-86_400_000)
    responder.answer('eth0 ipv4', 'pointer')
    await clock.advance(ANSWER_INTERVAL_MS)
    assert.equal(spoken.length, 2)
  })

  it('leaves no timer behind when an interface goes, or when it stops', async () => {
    const { clock, responder, spoken } = setUp()
    responder.announce('eth0 ipv4')
    responder.answer('lo ipv4', 'services')
    responder.forget('eth0 ipv4')
    assert.equal(clock.pending, 1)
    responder.hush()
    assert.equal(clock.pending, 0)
    await clock.advance(5_000)
    assert.deepEqual(spoken, [])
  })

  it('speaks no sooner again because it was hushed', async () => {
    const { clock, responder, spoken } = setUp()
    responder.answer('eth0 ipv4', 'pointer')
    await clock.advance(SHORTEST_SPEAKING_DELAY_MS)
    responder.hush()
    responder.answer('eth0 ipv4', 'pointer')
    await clock.advance(ANSWER_INTERVAL_MS - 1)
    assert.equal(spoken.length, 1)
    await clock.advance(1)
    assert.equal(spoken.length, 2)
  })
})

describe('PacketLimits', () => {
  function taken(limits: PacketLimits, address: string, packets: number): number {
    return Array.from({ length: packets }, () => limits.take(address)).filter(Boolean).length
  }

  it('bounds one sender, and leaves the others room', async () => {
    const clock = new ManualClock()
    const limits = new PacketLimits(clock)
    assert.equal(taken(limits, '10.0.0.1', 100_000), PACKETS_AT_ONCE)
    assert.equal(taken(limits, '10.0.0.2', 10), 10)
    await clock.advance(1_000)
    assert.equal(taken(limits, '10.0.0.1', 100_000), PACKETS_PER_SECOND)
  })

  it('bounds all senders together, and forgets the one unheard the longest', () => {
    const limits = new PacketLimits(new ManualClock())
    const flood = Array.from({ length: 100_000 }, (_, i) => limits.take(`fd00::${i.toString(16)}`))
    assert.equal(flood.filter(Boolean).length, ALL_PACKETS_AT_ONCE)
    assert.ok(MAX_SENDERS < flood.length)
  })
})
