/** What floods a federation of real processes, whatever its shape. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Federation } from '../faults/support/federation.ts'
import { fullSuite } from '../faults/support/full-suite.ts'
import { pairsOf, randomMesh, reachable } from '../faults/support/topology.ts'
import { until } from '../faults/support/until.ts'
import type { FederationNode } from '../faults/support/federation-node.ts'
import type { Topology } from '../faults/support/topology.ts'

const MODEL_BYTES = fullSuite ? 32 * 1_048_576 : 4 * 1_048_576
const ARRIVE_MS = 120_000
/** As long as it is watched whether something comes twice. */
const WATCHED_MS = 500
const MESH_DEGREE = 4
const SEED = 20_250_101

const shapes: Array<{ name: string; nodes: number; topology: Topology; victim: number }> = [
  { name: 'a line of 6', nodes: 6, topology: 'line', victim: 3 },
  { name: 'a ring of 8', nodes: 8, topology: 'ring', victim: 2 },
  { name: 'a star of 8', nodes: 8, topology: 'star', victim: 5 },
  ...(fullSuite
    ? [
        {
          name: 'a random mesh of 20',
          nodes: 20,
          topology: randomMesh(20, MESH_DEGREE, pseudoRandom(SEED)),
          victim: 7
        }
      ]
    : [])
]

for (const { name, nodes, topology, victim } of shapes) {
  describe(name, () => {
    it('is flooded by messages and models, each once, also when a node is lost meanwhile', async () => {
      const federation = await Federation.start({ nodes, topology })

      try {
        const [first, ...others] = federation.nodes

        assert.ok(first != null)
        await flood(first, others)
        await flood(others.at(-1) ?? first, [first, ...others.slice(0, -1)])
        await sendInitialModel(federation, first, others)
        await loseNode(federation, topology, victim)
      } finally {
        federation.kill()
      }
    })
  })
}

/** `federation_start` reaches all, and none twice. */
async function flood(origin: FederationNode, others: FederationNode[]): Promise<void> {
  const key = `${origin.peerId} federation:federation_start`
  const counts = async (): Promise<number[]> =>
    Promise.all(others.map(async (node) => (await node.call('dispatched'))[key] ?? 0))

  await origin.call('send', { type: 'federation', action: 'federation_start' })
  await until(async () => (await counts()).every((count) => count > 0), `${key} reaches all`, ARRIVE_MS)
  await sleep(WATCHED_MS)
  assert.deepEqual(
    await counts(),
    others.map(() => 1)
  )
}

async function sendInitialModel(
  federation: Federation,
  origin: FederationNode,
  others: FederationNode[]
): Promise<void> {
  const sha256 = await origin.call('sendModel', {
    peers: federation.neighboursOf(origin),
    bytes: MODEL_BYTES,
    round: -1
  })

  await untilModels(others, sha256)
  await sleep(WATCHED_MS)

  for (const node of others) {
    assert.deepEqual(
      await node.call('models'),
      [{ source: origin.peerId, round: -1, size: MODEL_BYTES, sha256 }],
      node.label
    )
  }
}

/** Kills a node while it passes a model on: all that can still be reached get it all the same. */
async function loseNode(federation: Federation, topology: Topology, victim: number): Promise<void> {
  const { nodes } = federation
  const origin = federation.node(0)
  const lost = federation.node(victim)
  const left = reachable(pairsOf([...nodes.keys()], topology), 0, victim)
  const begun = (): number => lost.output.events.filter(({ event }) => event === 'model:begin').length
  const before = begun()
  const sent = origin.call('sendModel', {
    peers: federation.neighboursOf(origin),
    bytes: MODEL_BYTES,
    round: -1
  })

  // it rejects when a neighbour of the origin is lost; the model is known by who has it
  sent.catch(() => {})
  await lost.output.until('the model begins', () => begun() > before, ARRIVE_MS)
  lost.kill()

  const rest = nodes.filter((_, index) => index !== 0 && left.has(index))

  assert.ok(rest.length > 0)
  await until(
    async () => (await modelsOf(rest)).every((models) => models.length === 2),
    'all that are left have the model',
    ARRIVE_MS
  )

  const [expected] = await modelsOf(rest)

  for (const models of await modelsOf(rest)) {
    assert.deepEqual(models, expected)
    assert.ok(models.every(({ size, error }) => size === MODEL_BYTES && error == null))
  }
}

async function modelsOf(
  nodes: FederationNode[]
): Promise<Array<Awaited<ReturnType<typeof FederationNode.prototype.call<'models'>>>>> {
  return Promise.all(nodes.map(async (node) => node.call('models')))
}

async function untilModels(nodes: FederationNode[], sha256: string): Promise<void> {
  await until(
    async () => (await modelsOf(nodes)).every((models) => models.some((model) => model.sha256 === sha256)),
    'all have the model',
    ARRIVE_MS
  )
}

/** Numbers in [0, 1) that look random, the same for the same seed. */
function pseudoRandom(seed: number): () => number {
  let state = seed

  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff

    return state / 0x8000_0000
  }
}
