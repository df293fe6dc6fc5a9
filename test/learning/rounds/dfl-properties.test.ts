import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { DflRounds } from '../../../src/learning/rounds/index.ts'
import { MAX_AHEAD } from '../../../src/learning/rounds/constants.ts'
import { connect, Network } from './network.ts'
import { assertCountedOnce, disturbNetwork } from './properties.ts'
import type { Message } from '../../../src/learning/rounds/index.ts'

const ROUNDS = 6
const TIMEOUT = 1_000
const NODES = ['a', 'b', 'c', 'd', 'e']

/** Who trained it and in which round; empty for what was aggregated. */
interface Model {
  origin: string
  round: number
}

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const event = fc.record({
  at: fc.nat(ROUNDS * TIMEOUT),
  node: fc.constantFrom(...NODES),
  other: fc.constantFrom(...NODES),
  what: fc.constantFrom('unlink', 'link', 'kill', 'junk')
})
const round = fc.oneof(fc.integer({ min: -2, max: ROUNDS + 2 }), fc.constantFrom(NaN, 1.5, 1e300))
const message = fc.record({
  type: fc.constantFrom('update', 'aggregate', 'progress', 'aggregate-request'),
  origin: fc.constantFrom(...NODES, 'nobody'),
  round,
  trains: fc.boolean(),
  model: fc.constant({ origin: 'junk', round: -1 })
})

describe('rounds of decentralised learning, whatever happens', () => {
  it('all end, count no update twice or in another round, and keep a bounded number', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('full' as const, 'ring' as const),
        fc.infiniteStream(chance),
        fc.array(event, { maxLength: 12 }),
        fc.array(message, { minLength: 1, maxLength: 30 }),
        async (topology, chances, events, junk) => {
          const random = (): number => chances.next().value ?? 0
          const pick = (choices: Array<[number, number]>): number => {
            let left = random()

            return choices.find(([share]) => (left -= share) < 0)?.[1] ?? 0
          }
          const network = new Network<Model>({
            train: (node, current) => ({ origin: node, round: current }),
            aggregate: () => ({ origin: '', round: -1 }),
            trainMs: () =>
              pick([
                [0.7, 100],
                [0.2, 700],
                [0.05, Infinity],
                [0.05, NaN]
              ]),
            aggregateMs: () =>
              pick([
                [0.95, 10],
                [0.05, Infinity]
              ]),
            messageMs: () =>
              pick([
                [0.6, 5],
                [0.3, 300],
                [0.1, Infinity]
              ])
          })

          for (const node of NODES) {
            network.add(
              node,
              new DflRounds<Model>({
                self: node,
                rounds: ROUNDS,
                roundTimeout: TIMEOUT,
                aggregateTimeout: 200,
                catchUpTimeout: 50
              })
            )
          }

          connect(network, topology)

          for (const node of NODES) {
            network.input(node, { type: 'start', round: 0, model: { origin: '', round: -1 } })
          }

          for (const { at, node, other, what } of events.toSorted((x, y) => x.at - y.at)) {
            await network.run(at)
            disturb(network, what, node, other, junk)
          }

          await network.run(ROUNDS * (TIMEOUT + 200) + 1)

          for (const node of network.nodes) {
            assert.equal(network.machine(node).phase, 'finished')
            assert.equal(network.machine(node).wakeAt, undefined)
          }

          assertCounted(network)
        }
      ),
      { numRuns: 150 }
    )
  })
})

function disturb(
  network: Network<Model>,
  what: string,
  node: string,
  other: string,
  junk: Array<Message<Model>>
): void {
  const there = network.nodes.includes(node)

  if (disturbNetwork(network, what, node, other)) {
    return
  }

  if (what === 'junk' && there) {
    for (const one of junk) {
      network.input(node, { type: 'message', from: other, message: one })
    }

    const machine = network.machine(node) as DflRounds<Model>

    assert.ok(machine.kept <= NODES.length * (MAX_AHEAD + 1))
  }
}

function assertCounted(network: Network<Model>): void {
  const ended = new Map<string, number>()
  const rounds = new Map<string, number>()

  for (const entry of network.log) {
    assertCountedOnce(entry)

    if (entry.type === 'round-begin') {
      assert.ok(entry.round > (rounds.get(entry.node) ?? -1), 'rounds only go up')
      assert.equal(rounds.get(entry.node), ended.get(entry.node), 'one round at a time')
      rounds.set(entry.node, entry.round)
    }

    if (entry.type === 'round-end') {
      assert.equal(entry.round, rounds.get(entry.node))
      assert.notEqual(ended.get(entry.node), entry.round)
      ended.set(entry.node, entry.round)
      assert.deepEqual(
        entry.counted.filter((id) => entry.missing.includes(id)),
        []
      )
    }
  }
}
