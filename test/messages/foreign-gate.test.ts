import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { ForeignGate } from '../../src/messages/foreign-gate.ts'
import { createMessage } from '../../src/messages/index.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { ForeignGateInit } from '../../src/messages/foreign-gate.ts'
import type { Message } from '../../src/messages/index.ts'
import type { LinkManager } from '../../src/links/index.ts'

const peer = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
const alive = createMessage('control', 'alive')

interface Setup {
  admit(source: string, message?: Message): number | undefined
  clock: ManualClock
  charged(): number
}

function setup({ proxy = true, ...init }: Partial<ForeignGateInit> & { proxy?: boolean } = {}): Setup {
  const clock = new ManualClock()
  const link = { node: { proxy } }
  let charged = 0
  const gate = new ForeignGate(
    {
      linkManager: { links: { get: () => link } } as unknown as LinkManager,
      replays: { has: (origin) => origin === 'known' }
    },
    { clock, onExcess: () => charged++, ...init }
  )

  return {
    admit: (source, message) => gate.admit(peer, { source, message }),
    clock,
    charged: () => charged
  }
}

describe('ForeignGate', () => {
  it('lets a proxy hand on what it likes, known or not', () => {
    const { admit, charged } = setup()

    assert.deepEqual([admit('known', alive), admit('known')], [0, 0])
    assert.equal(charged(), 0)
  })

  it('lets others hand on what every node does, and charges them for the rest', () => {
    const { admit, charged } = setup({ proxy: false })
    const model = (round: number): Message =>
      createMessage('model', '', { round, parameters: new Uint8Array(1), weight: 1n })

    assert.equal(admit('known', createMessage('federation', 'federation_start')), 0)
    assert.equal(admit('known', model(-1)), 0)
    assert.equal(charged(), 0)

    const rest = [alive, model(0), createMessage('federation', 'federation_ready'), undefined]

    assert.deepEqual(
      rest.map((message) => admit('known', message)),
      rest.map(() => undefined)
    )
    assert.equal(charged(), rest.length)
  })

  it('takes so many origins in a minute that were never heard of, and known ones always', () => {
    const { admit, charged } = setup({ maxNewOriginsPerMinute: 3 })

    assert.deepEqual(
      ['a', 'b', 'c'].map((source) => admit(source, alive)),
      [0, 0, 0]
    )
    assert.equal(charged(), 0)
    assert.equal(admit('d', alive), undefined)
    assert.equal(charged(), 1)
    assert.equal(admit('known', alive), 0)
  })

  it('holds back what comes faster than it may be verified, and charges who still goes on', async () => {
    const { admit, clock, charged } = setup({ maxForeignMessagesPerSecond: 100, maxHeldBack: 1_000 })
    const waits = Array.from({ length: 101 }, () => admit('known', alive) ?? 0)

    assert.ok(waits.slice(0, 100).every((wait) => wait < 1e-6))
    assert.ok((waits[100] ?? 0) > 0)

    for (let ms = 0; ms < 1_000; ms += 10) {
      await clock.advance(10)
      admit('known', alive)
    }

    assert.equal(charged(), 0)
    await clock.advance(10)
    admit('known', alive)
    assert.equal(charged(), 1)
  })

  it('never charges a node that passes on what it may at most', async () => {
    const { admit, clock, charged } = setup()

    for (let second = 0; second < 30; second++) {
      // a whole second's worth at its end, and the next one's at once
      await clock.advance(second % 2 === 0 ? 1_990 : 10)

      for (let i = 0; i < 1_000; i++) {
        admit('known', alive)
      }
    }

    assert.equal(charged(), 0)
  })
})
