import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fedAvg, krum, median, multiKrum, trimmedMean } from '../../../src/learning/aggregation/index.ts'
import { DflRounds } from '../../../src/learning/rounds/index.ts'
import { connect, Network } from './network.ts'
import { encodeModel, finished, quadratic } from './quadratic.ts'
import type { AggregationReport, Strategy } from '../../../src/learning/aggregation/index.ts'
import type { Loss } from './quadratic.ts'

const ROUNDS = 40
/** The centres of the honest nodes' losses. */
const HONEST = [1, 1.1, 0.9, 1.05]
const ATTACKER = 'e'
const LOSSES = new Map(
  ['a', 'b', 'c', 'd', ATTACKER].map((node, at): [string, Loss] => [
    node,
    { curvature: 1, centre: [HONEST[at] ?? 0], samples: 10 }
  ])
)

/** Five nodes, all linked, of which one sends noise: what node a has in the end, and its last report. */
async function attacked(strategy: Strategy): Promise<{ model: number; report?: AggregationReport }> {
  let report: AggregationReport | undefined
  const honest = quadratic(LOSSES, {
    strategy,
    onReport: (node, one) => {
      report = node === 'a' ? one : report
    }
  })
  const network = new Network<Uint8Array>({
    ...honest,
    train: (node, round, model) =>
      node === ATTACKER ? encodeModel([1_000 * Math.sin(round + 1)]) : honest.train(node, round, model)
  })

  for (const node of LOSSES.keys()) {
    network.add(node, new DflRounds({ self: node, rounds: ROUNDS }))
  }

  connect(network, 'full')

  for (const node of LOSSES.keys()) {
    network.input(node, { type: 'start', round: 0, model: encodeModel([100]) })
  }

  await network.run(ROUNDS * 1_000)

  return { model: finished(network).get('a')?.[0] ?? NaN, report }
}

describe('one of five nodes sends noise', () => {
  it('FedAvg is hurt', async () => {
    const { model } = await attacked(fedAvg())

    assert.ok(Math.abs(model - 1) > 10, String(model))
  })

  for (const strategy of [median(), trimmedMean(), krum(), multiKrum()]) {
    it(`${strategy.name} is not, and says who is far`, async () => {
      const { model, report } = await attacked(strategy)

      assert.ok(model >= 0.9 && model <= 1.1, String(model))
      assert.deepEqual(
        report?.updates.filter(({ far }) => far).map(({ id }) => id),
        [ATTACKER]
      )
    })
  }
})
