import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { PATIENCE_MS } from '../../support/patience.ts'
import { until } from '../support/until.ts'
import { describeAttacks } from './support/describe-attacks.ts'
import { MODEL } from './support/protocols.ts'
import type { AttackContext } from './support/attack.ts'
import type { Federation } from '../support/federation.ts'
import type { FederationNode } from '../support/federation-node.ts'

/** Of the models that all begin with, which are passed on. */
const INITIALIZATION_ROUND = -1
/** Models that a neighbour takes and asks nothing of: more than a node sends at once, and than cost nothing. */
const FOR_THE_SILENT = 14

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
      shutOutMs: 60_000,
      check: poisonTakenByNone,
      cut: true
    },
    {
      name: 'a stream of chunks without an end',
      attacker: 'poison',
      args: () => ({ kind: 'endless' }),
      shutOutMs: 60_000,
      check: honestModelsArrive
    },
    {
      name: 'transfers that stop at 99 %',
      attacker: 'poison',
      args: () => ({ kind: 'stall' }),
      ignoredMs: 30_000,
      shutOutMs: 150_000,
      check: poisonTakenByNone
    },
    {
      name: 'models that are passed on while they come, and stop at 99 %',
      attacker: 'poison',
      args: () => ({ kind: 'stall', round: INITIALIZATION_ROUND, length: 8 }),
      // the others get them by way of it
      targets: ({ nodes }) => nodes.slice(0, 1),
      ignoredMs: 30_000,
      shutOutMs: 150_000,
      check: nobodyHonestGraylisted,
      cut: true
    },
    {
      name: 'a neighbour that takes every model and asks for nothing',
      attacker: 'silent-sink',
      targets: ({ nodes }) => nodes.slice(0, 1),
      shutOutMs: 60_000,
      meanwhile: modelsArriveBesideThoseForTheSilent,
      cut: true
    },
    {
      name: 'neighbours that fill all places with models that hardly come',
      attacker: 'hoarder',
      args: () => ({ interval: STALL_MS - 200 }),
      targets: ({ nodes }) => nodes.slice(0, 2),
      // its models are given up as others need their places
      shutOutMs: null,
      meanwhile: modelsArriveInAFullNode
    },
    {
      name: 'decompression bombs',
      attacker: 'bomb',
      identities: 3,
      shutOutMs: 60_000,
      check: poisonTakenByNone,
      cut: true
    }
  ],
  {
    config: {
      models: { stallTimeout: STALL_MS, answerTimeout: STALL_MS, requestTimeout: STALL_MS },
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
        PATIENCE_MS
      )
    })
  )
}

/** Until no node waits for such a model any more. */
async function nobodyHonestGraylisted(context: AttackContext): Promise<void> {
  const { federation, targets } = context

  await until(
    async () => {
      const open = federation.nodes
        .filter((node) => !targets.includes(node))
        .map(async (node) => {
          await assertHoldsNothing(federation, node)

          return (await node.call('open')).streams[MODEL] ?? 0
        })

      return (await Promise.all(open)).every((count) => count === 0)
    },
    'the end of all transfers',
    PATIENCE_MS
  )
  await poisonTakenByNone(context)
}

async function assertHoldsNothing(federation: Federation, node: FederationNode): Promise<void> {
  for (const peer of federation.neighboursOf(node)) {
    const { state, terms } = await node.call('score', { peer })

    assert.equal(state, 'good', `${node.label} holds against an honest node: ${JSON.stringify(terms)}`)
  }
}

/** The node under attack sends the attacker models, and the other nodes theirs at the same time. */
async function modelsArriveBesideThoseForTheSilent(context: AttackContext): Promise<void> {
  const node = context.federation.node(0)
  const linked = async (): Promise<string | undefined> => {
    const links = await node.call('links')

    return context.attacker.identities.find((peer) => links.some((link) => link.peer === peer))
  }

  await until(async () => (await linked()) != null, 'a link with the attacker', PATIENCE_MS)
  const peers = [(await linked()) ?? '']

  for (let sent = 0; sent < FOR_THE_SILENT; sent++) {
    // each is let go
    node.call('sendModel', { peers, bytes: 1_000 }).catch(() => {})
  }

  await honestModelsArrive(context)
}

/** Often enough that what comes slowly has been watched for as long as it takes. */
async function modelsArriveInAFullNode(context: AttackContext): Promise<void> {
  await context.attacker.untilOffences(2 * context.targets.length, PATIENCE_MS)

  for (let time = 0; time < 3; time++) {
    await honestModelsArrive(context)
    await delay(STALL_MS)
  }
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
