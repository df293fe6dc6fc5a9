import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DflRounds, LedRounds } from '../../../src/learning/rounds/index.ts'
import { connect, Network } from './network.ts'
import { assertNear, encodeModel, finished, optimum, quadratic, solve, STEP } from './quadratic.ts'
import type { RoundMachine, RoundOptions } from '../../../src/learning/rounds/index.ts'
import type { Loss } from './quadratic.ts'

const ROUNDS = 120
const CENTRES = [[1, -4], [3, 0], [-2, 2.5], [10, 1], [0.5, -7]] // prettier-ignore
const LOSSES = new Map(
  ['a', 'b', 'c', 'd', 'e'].map((node, at): [string, Loss] => [
    node,
    { curvature: 0.5 + at / 4, centre: CENTRES[at] ?? [], samples: 10 * (at + 1) }
  ])
)

async function learn(
  losses: Map<string, Loss>,
  topology: 'full' | 'ring',
  make: (options: RoundOptions) => RoundMachine<Uint8Array>
): Promise<Map<string, number[]>> {
  const network = new Network<Uint8Array>({
    ...quadratic(losses),
    // some are slower than others
    trainMs: (node, round) => 50 + ((node.charCodeAt(0) * 31 + round * 17) % 60)
  })

  for (const node of losses.keys()) {
    network.add(node, make({ self: node, rounds: ROUNDS, roundTimeout: 10_000 }))
  }

  connect(network, topology)

  for (const node of network.nodes) {
    for (const other of network.nodes.filter((one) => one !== node && !network.linked(one, node))) {
      network.input(node, { type: 'peer', peer: other, present: true, direct: false })
    }
  }

  for (const node of losses.keys()) {
    network.input(node, { type: 'start', round: 0, model: encodeModel([100, 100]) })
  }

  await network.run(ROUNDS * 1_000)

  const models = finished(network)

  assert.equal(models.size, losses.size)

  return models
}

describe('learning a quadratic', () => {
  it('DFL, all linked: every node has the optimum of all samples', async () => {
    const models = await learn(LOSSES, 'full', (options) => new DflRounds(options))

    for (const model of models.values()) {
      assertNear(model, optimum(LOSSES))
    }
  })

  it('DFL in a ring: every node is where theory says, and their mean is the optimum', async () => {
    const alike = new Map(
      [...LOSSES].map(([node, { centre }]) => [node, { curvature: 0.8, centre, samples: 10 }])
    )
    const byName = await learn(alike, 'ring', (options) => new DflRounds(options))
    const models = [...alike.keys()].map((node) => byName.get(node) ?? [])
    const count = models.length
    // each takes the mean of its own step and those of its two neighbours: x = W (x - s (x - c))
    const s = STEP * 0.8
    const w = Array.from({ length: count }, (_, i) =>
      Array.from({ length: count }, (__, j) => ([0, 1, count - 1].includes(Math.abs(i - j)) ? 1 / 3 : 0))
    )

    for (const axis of [0, 1]) {
      const fixed = solve(
        w.map((row, i) => row.map((value, j) => (i === j ? 1 : 0) - (1 - s) * value)),
        w.map((row) => row.reduce((sum, value, j) => sum + value * s * (CENTRES[j]?.[axis] ?? 0), 0))
      )
      const found = models.map((model) => model[axis] ?? NaN)

      assertNear(found, fixed)
      assertNear([found.reduce((sum, value) => sum + value, 0) / count], [optimum(alike)[axis] ?? NaN])
    }
  })

  for (const topology of ['full', 'ring'] as const) {
    it(`CFL, ${topology}: every node has the optimum of the trainers' samples`, async () => {
      const trainers = new Map([...LOSSES].filter(([node]) => node !== 'a'))
      const models = await learn(
        LOSSES,
        topology,
        (options) => new LedRounds({ ...options, kind: 'CFL', leader: 'a' })
      )

      for (const model of models.values()) {
        assertNear(model, optimum(trainers))
      }
    })

    it(`SDFL, ${topology}: every node has the optimum of all samples`, async () => {
      const voters = [...LOSSES.keys()]
      const models = await learn(
        LOSSES,
        topology,
        (options) => new LedRounds({ ...options, kind: 'SDFL', leader: 'a', voters })
      )

      for (const model of models.values()) {
        assertNear(model, optimum(LOSSES))
      }
    })
  }
})
