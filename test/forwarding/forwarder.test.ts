import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { defaultLogger } from '@libp2p/logger'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { array, assert as check, asyncProperty, constantFrom, integer, nat, oneof, record } from 'fast-check'
import { Forwarder } from '../../src/forwarding/index.ts'
import { ReplayGuard } from '../../src/messages/replay-guard.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { Forwardable, ForwarderInit } from '../../src/forwarding/index.ts'
import type { PeerId } from '@libp2p/interface'

const peers = await Promise.all(
  Array.from({ length: 6 }, async () => peerIdFromPrivateKey(await generateKeyPair('Ed25519')))
)
const at = (index: number): (typeof peers)[number] => peers[index % peers.length] as (typeof peers)[number]

function message(id: number, origin: number, from: number): Forwardable {
  return {
    envelope: {
      wrapper: new Uint8Array([id >> 8, id & 255]),
      seqno: BigInt(id),
      signature: new Uint8Array(64),
      hops: 0
    },
    origin: at(origin),
    from: at(from)
  }
}

interface Setup {
  forwarder: Forwarder
  clock: ManualClock
  sent: string[]
  neighbours: Set<number>
}

function setup(init: Partial<ForwarderInit> = {}): Setup {
  const clock = new ManualClock()
  const sent: string[] = []
  const neighbours = new Set([0, 1, 2, 3])
  const forwarder = new Forwarder(
    { logger: defaultLogger(), passed: new ReplayGuard() },
    {
      clock,
      neighbours: () => [...neighbours].map(at),
      send: async (peer, { seqno, hops }) => {
        sent.push(`${seqno} to ${peers.findIndex((known) => known.equals(peer))} after ${hops}`)
      },
      maxPerOrigin: 1_000_000,
      ...init
    }
  )

  forwarder.start()

  return { forwarder, clock, sent, neighbours }
}

describe('Forwarder', () => {
  it('sends at once to all neighbours but the sender and the origin, one hop further', () => {
    const { forwarder, sent } = setup()

    assert.equal(forwarder.forward(message(7, 0, 1)), true)
    assert.deepEqual(sent, ['7 to 2 after 1', '7 to 3 after 1'])
  })

  it('leaves the bytes of the wrapper and the signature as they are', () => {
    const given = message(1, 4, 5)
    const seen: Forwardable['envelope'][] = []
    const { forwarder } = setup({
      send: async (_peer, envelope) => {
        seen.push(envelope)
      }
    })

    forwarder.forward(given)
    assert.equal(seen.length, 4)
    assert.ok(
      seen.every(
        ({ wrapper, signature }) =>
          wrapper === given.envelope.wrapper && signature === given.envelope.signature
      )
    )
    assert.equal(given.envelope.hops, 0)
  })

  it('goes on when one neighbour cannot be reached', () => {
    const reached: PeerId[] = []
    const { forwarder } = setup({
      send: async (peer) => {
        if (peer.equals(at(0))) {
          throw new Error('gone')
        }

        reached.push(peer)
      }
    })

    forwarder.forward(message(1, 4, 5))
    assert.equal(reached.length, 3)
  })

  it('bounds the queue in messages and in bytes, and counts what it drops', () => {
    const byCount = setup({ interval: 10, maxQueue: 2 })
    const byBytes = setup({ interval: 10, maxQueueBytes: 5 })

    for (const { forwarder } of [byCount, byBytes]) {
      assert.deepEqual(
        [1, 2, 3].map((id) => forwarder.forward(message(id, 4, 5))),
        [true, true, false]
      )
      assert.deepEqual([forwarder.queued, forwarder.dropped], [2, 1])
    }
  })

  it('bounds the rate of each origin', () => {
    const { forwarder } = setup({ maxPerOrigin: 2 })

    assert.deepEqual(
      [message(1, 4, 5), message(2, 4, 5), message(3, 4, 5), message(4, 0, 5)].map((given) =>
        forwarder.forward(given)
      ),
      [true, true, false, true]
    )
  })

  it('bounds the rate of all origins together', () => {
    const { forwarder } = setup({ maxPerSecond: 2 })

    assert.deepEqual(
      [message(1, 4, 5), message(2, 0, 5), message(3, 1, 5)].map((given) => forwarder.forward(given)),
      [true, true, false]
    )
  })

  it('bounds the origins of a minute', async () => {
    const { forwarder, clock } = setup({ maxOriginsPerMinute: 2 })

    assert.deepEqual(
      [4, 5, 4, 3, 5].map((origin, id) => forwarder.forward(message(id, origin, 0))),
      [true, true, true, false, true]
    )
    assert.equal(forwarder.dropped, 1)
    await clock.advance(60_000)
    assert.equal(forwarder.forward(message(9, 3, 0)), true)
  })

  it('passes nothing on twice, whoever brings it and however much later', async () => {
    const { forwarder, sent, clock } = setup()

    assert.equal(forwarder.forward(message(1, 4, 0)), true)
    assert.equal(forwarder.forward(message(1, 4, 1)), false)
    await clock.advance(86_400_000)
    assert.equal(forwarder.forward(message(1, 4, 5)), false)
    assert.equal(sent.length, 3)
    assert.equal(forwarder.dropped, 0)
  })

  it('sends nothing after stop, and leaves no timer', async () => {
    const { forwarder, clock, sent } = setup({ interval: 10 })

    forwarder.forward(message(1, 4, 5))
    forwarder.stop()
    assert.deepEqual([clock.pending, forwarder.queued], [0, 0])
    await clock.advance(100)
    assert.equal(forwarder.forward(message(2, 4, 5)), false)
    assert.deepEqual(sent, [])
  })

  it('loses and repeats nothing, whatever fills the batches and whoever comes and goes', async () => {
    const action = oneof(
      {
        weight: 6,
        arbitrary: record({ do: constantFrom('forward' as const), origin: nat(5), from: nat(5) })
      },
      {
        weight: 2,
        arbitrary: record({ do: constantFrom('wait' as const), ms: integer({ min: 1, max: 25 }) })
      },
      { weight: 1, arbitrary: record({ do: constantFrom('toggle' as const), peer: nat(5) }) }
    )

    await check(
      asyncProperty(
        array(action, { maxLength: 80, size: 'max' }),
        integer({ min: 1, max: 5 }),
        constantFrom(0, 10),
        async (actions, batchSize, interval) => {
          const { forwarder, clock, sent, neighbours } = setup({ batchSize, interval })
          const expected: string[] = []
          // the plain model: a list of what waits, and the time of the next batch
          let waiting: Array<{ id: number; origin: number; from: number }> = []
          let due: number | undefined
          const deliver = (given: (typeof waiting)[number]): void => {
            for (const peer of neighbours) {
              if (peer !== given.origin && peer !== given.from) {
                expected.push(`${given.id} to ${peer} after 1`)
              }
            }
          }

          for (const [id, step] of [...actions, { do: 'wait' as const, ms: 10_000 }].entries()) {
            if (step.do === 'toggle') {
              if (!neighbours.delete(step.peer)) {
                neighbours.add(step.peer)
              }
            } else if (step.do === 'forward') {
              const given = { id, origin: step.origin, from: step.from }

              forwarder.forward(message(id, step.origin, step.from))

              if (interval === 0) {
                deliver(given)
              } else {
                waiting.push(given)
                due ??= clock.now() + interval
              }
            } else {
              const end = clock.now() + step.ms

              for (; due != null && due <= end; due = waiting.length > 0 ? due + interval : undefined) {
                waiting.slice(0, batchSize).forEach(deliver)
                waiting = waiting.slice(batchSize)
              }

              await clock.advance(step.ms)
            }
          }

          assert.deepEqual(sent, expected)
          assert.equal(clock.pending, 0)
        }
      ),
      { numRuns: 200 }
    )
  })
})
