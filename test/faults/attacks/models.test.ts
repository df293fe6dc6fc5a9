import assert from 'node:assert/strict'
import { until } from '../support/until.ts'
import { describeAttacks } from './support/describe-attacks.ts'
import type { AttackContext } from './support/attack.ts'

const MODEL_BYTES = 2 * 1_048_576
/** So that a transfer that stands still does so within the test. */
const STALL_MS = 2_000

describeAttacks(
  'attacks by models',
  [
    {
      name: 'chunks that are not what the header says',
      attacker: 'poison',
      args: () => ({ kind: 'wrong-hash short another-chunk no-chunk' }),
      identities: 4,
      shutOutMs: 15_000,
      check: poisonTakenByNone,
      cut: true
    },
    {
      name: 'a stream of chunks without an end',
      attacker: 'poison',
      args: () => ({ kind: 'endless' }),
      shutOutMs: 15_000,
      check: honestModelsArrive
    },
    {
      name: 'transfers that stop at 99 %',
      attacker: 'poison',
      args: () => ({ kind: 'stall' }),
      // much data, for two cores
      targets: ({ nodes }) => nodes.slice(0, 2),
      shutOutMs: 30_000,
      check: poisonTakenByNone
    },
    {
      name: 'decompression bombs',
      attacker: 'bomb',
      identities: 3,
      shutOutMs: 10_000,
      check: poisonTakenByNone,
      cut: true
    }
  ],
  {
    config: {
      models: { stallTimeout: STALL_MS, answerTimeout: STALL_MS },
      restrictions: { recentlyDisconnectedTtl: 1_000 }
    }
  }
)

/** Each honest node sends the next a model. */
async function honestModelsArrive({ federation }: AttackContext): Promise<void> {
  const { nodes } = federation

  await Promise.all(
    nodes.map(async (node, i) => {
      const next = federation.node((i + 1) % nodes.length)
      const before = (await next.call('models')).length

      await node.call('sendModel', { peers: [next.peerId], bytes: MODEL_BYTES })
      await until(
        async () =>
          (await next.call('models'))
            .slice(before)
            .some(({ source, size }) => source === node.peerId && size === MODEL_BYTES),
        `the model of ${node.label}`,
        20_000
      )
    })
  )
}

async function poisonTakenByNone(context: AttackContext): Promise<void> {
  await honestModelsArrive(context)

  const attackers = new Set(context.attacker.identities)

  for (const node of context.federation.nodes) {
    const taken = (await node.call('models')).filter(
      ({ source, error }) => error == null && attackers.has(source)
    )

    assert.deepEqual(taken, [], `${node.label} took a model of an attacker`)
  }
}
