import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { LedRounds } from '../../../src/learning/rounds/index.ts'
import { MAX_AHEAD } from '../../../src/learning/rounds/constants.ts'
import { connect, Network } from './network.ts'
import { assertCountedOnce, disturbNetwork } from './properties.ts'
import type { Message } from '../../../src/learning/rounds/index.ts'

const ROUNDS = 5
const TIMEOUT = 1_000
const NODES = ['a', 'b', 'c', 'd', 'e']
/** Far more than the rounds may take: elections fail while messages are lost. */
const ENOUGH = ROUNDS * 20 * TIMEOUT

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
  what: fc.constantFrom('unlink', 'link', 'kill', 'killLeader', 'junk')
})
const number = fc.oneof(fc.integer({ min: -2, max: ROUNDS + 2 }), fc.constantFrom(NaN, 1.5, 1e300))
/** What anybody may say of itself, and what those that do not vote say of leadership. */
const junk = fc.oneof(
  fc.record({
    type: fc.constantFrom('update' as const, 'progress' as const, 'aggregate' as const),
    origin: fc.constantFrom(...NODES, 'nobody'),
    round: number,
    term: number,
    trains: fc.boolean(),
    relay: fc.boolean(),
    model: fc.constant({ origin: 'junk', round: -1 })
  }),
  fc.record({
    type: fc.constantFrom('result' as const, 'transfer' as const, 'candidate' as const, 'vote' as const, 'leader' as const),
    origin: fc.constantFrom('stranger', 'nobody'),
    round: number,
    term: number,
    made: number,
    to: fc.constantFrom(...NODES),
    relay: fc.boolean(),
    model: fc.constant({ origin: 'junk', round: -1 })
  })
) // prettier-ignore

for (const kind of ['CFL', 'SDFL'] as const) {
  describe(`rounds with a leader (${kind}), whatever happens`, () => {
    it('all end, count no update twice or in another round, and have one leader a term', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom('full' as const, 'ring' as const),
          fc.infiniteStream(chance),
          fc.array(event, { maxLength: 10 }),
          fc.array(junk, { minLength: 1, maxLength: 30 }),
          async (topology, chances, events, messages) => {
            const network = disturbed(kind, topology, () => chances.next().value ?? 0)

            for (const { at, node, other, what } of events.toSorted((x, y) => x.at - y.at)) {
              await network.run(at)
              disturb(network, what, node, other, messages)
            }

            await network.run(ENOUGH)

            for (const node of network.nodes) {
              const machine = network.machine(node) as LedRounds<Model>

              assert.equal(machine.phase, 'finished', `${node} is ${machine.phase} in round ${machine.round}`)
              assert.equal(machine.wakeAt, undefined)
              assert.ok(machine.kept <= (NODES.length + 1) * (MAX_AHEAD + 1))
            }

            assertCounted(network)
            assertOneLeader(network)
          }
        ),
        { numRuns: 100 }
      )
    })
  })
}

function disturbed(kind: 'CFL' | 'SDFL', topology: 'full' | 'ring', random: () => number): Network<Model> {
  const pick = (choices: Array<[number, number]>): number => {
    let left = random()

    return choices.find(([share]) => (left -= share) < 0)?.[1] ?? 0
  }
  const network = new Network<Model>({
    train: (node, current) => ({ origin: node, round: current }),
    aggregate: () => ({ origin: '', round: -1 }),
    trainMs: () => pick([[0.75, 100], [0.15, 700], [0.05, Infinity], [0.05, NaN]]),
    aggregateMs: () => pick([[0.95, 10], [0.05, Infinity]]),
    messageMs: () => pick([[0.7, 5], [0.2, 150], [0.1, Infinity]])
  }) // prettier-ignore

  for (const node of NODES) {
    network.add(
      node,
      new LedRounds<Model>({
        self: node,
        kind,
        leader: 'a',
        voters: NODES,
        rounds: ROUNDS,
        roundTimeout: TIMEOUT,
        resultTimeout: 400,
        aggregateTimeout: 200,
        catchUpTimeout: 50,
        transferTimeout: 400,
        electionTimeout: 100
      })
    )
  }

  connect(network, topology)

  for (const node of NODES) {
    for (const other of NODES.filter((one) => one !== node && !network.linked(one, node))) {
      network.input(node, { type: 'peer', peer: other, present: true, direct: false })
    }

    network.input(node, { type: 'peer', peer: 'stranger', present: true })
    network.input(node, { type: 'start', round: 0, model: { origin: '', round: -1 } })
  }

  return network
}

function disturb(
  network: Network<Model>,
  what: string,
  node: string,
  other: string,
  messages: Array<Message<Model>>
): void {
  const there = network.nodes.includes(node)

  if (disturbNetwork(network, what, node, other)) {
    return
  }

  if (what === 'killLeader' && there && network.nodes.length > 2) {
    network.kill((network.machine(node) as LedRounds<Model>).leadership.leader)
  } else if (what === 'junk' && there) {
    for (const message of messages) {
      network.input(node, { type: 'message', from: message.origin === other ? other : 'stranger', message })
    }
  }
}

function assertCounted(network: Network<Model>): void {
  for (const entry of network.log) {
    assertCountedOnce(entry)
  }
}

function assertOneLeader(network: Network<Model>): void {
  const leaders = new Map<number, string>([[0, 'a']])

  for (const entry of network.log) {
    if (entry.type === 'leader') {
      assert.equal(leaders.get(entry.term) ?? entry.leader, entry.leader)
      leaders.set(entry.term, entry.leader)
    }
  }
}
