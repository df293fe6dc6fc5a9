import assert from 'node:assert/strict'
import { PATIENCE_MS } from '../../support/patience.ts'
import { until } from '../support/until.ts'
import { fullSuite } from '../support/full-suite.ts'
import { malformations } from './support/malformations.ts'
import { untilOpened } from './support/newcomer.ts'
import { describeAttacks } from './support/describe-attacks.ts'
import type { Attack, AttackContext } from './support/attack.ts'
import type { ScoreReport } from '../support/federation-commands.ts'

/** Of each protocol two, or all. */
const kinds = fullSuite ? malformations.length : 8

const AIMING = 8

/** What an application may need; a peer that sends more for two seconds is a nuisance. */
const LIMITS = { limits: { maxMessagesPerSecond: 300, maxHeldBack: 2_000 } }

const attacks: Attack[] = [
  { name: 'a flood of messages', attacker: 'message-flood', shutOutMs: 60_000, cut: true },
  { name: 'a flood of duplicates', attacker: 'duplicate-flood', shutOutMs: 60_000 },
  {
    name: 'bad signatures',
    attacker: 'bad-signature',
    identities: 5,
    shutOutMs: 60_000,
    cut: true
  },
  { name: 'forged sources', attacker: 'forged-source', identities: 2, shutOutMs: 60_000, cut: true },
  {
    name: `malformed and oversize frames of all protocols, of ${kinds} kinds`,
    attacker: 'malformed',
    args: () => ({ only: kinds }),
    identities: kinds,
    shutOutMs: 60_000,
    cut: true
  },
  {
    name: 'messages of an honest node that are sent again',
    attacker: 'replay',
    args: (federation) => ({
      origin: { peerId: federation.node(0).peerId, addr: federation.node(0).addr }
    }),
    targets: (federation) => federation.nodes.slice(1),
    shutOutMs: 60_000,
    meanwhile: sendOneToReplay,
    check: dispatchedOnce
  },
  {
    name: 'link messages of neighbours that tell all to part from each other',
    attacker: 'sever',
    args: () => ({ severers: 2 }),
    shutOutMs: null,
    // two identities, five targets, three messages
    check: async (context) => untilOpened(context, 30),
    cut: true
  },
  {
    name: 'link messages of eight identities that aim dials at one host',
    attacker: 'aim',
    args: () => ({ identities: AIMING }),
    targets: (federation) => federation.nodes.slice(0, 1),
    identities: AIMING,
    shutOutMs: 60_000,
    check: fewDialsWereAimed,
    cut: true
  }
]

/** Memories that a crowd fills at once; with the default ones it takes minutes. */
const FORGETFUL = {
  messages: { maxLocalMessages: 200, maxReplayOrigins: 300 },
  links: { maxLinks: 50 },
  score: { maxPeers: 100 }
}

describeAttacks('attacks by messages and frames', attacks, { config: LIMITS })
describeAttacks(
  'attacks by what nodes remember',
  [
    {
      name: 'a node that is to look like one that repeats itself',
      attacker: 'frame-up',
      args: () => ({ crowd: 600, repeated: 40 }),
      targets: (federation) => federation.nodes.slice(0, 1),
      shutOutMs: null,
      check: neverRepeatsItself,
      cut: true
    }
  ],
  { nodes: 3, config: FORGETFUL }
)
// how soon it is above the rates that are meant for busy federations depends on the machine
describeAttacks('attacks by messages at the default limits', [
  {
    name: 'a flood of messages, at the default limits',
    attacker: 'message-flood',
    shutOutMs: null,
    check: async ({ attacker, targets }) => attacker.untilOffences(targets.length, PATIENCE_MS),
    lingerMs: 10_000
  }
])

// at the default 2,000 a second a busy machine may leave too little to an attacker, and to the node, to come to it
describeAttacks(
  'attacks by what others have to verify',
  [
    {
      name: 'a flood of signatures to verify',
      attacker: 'verification-flood',
      targets: (federation) => federation.nodes.slice(0, 1),
      // held back for two seconds first
      shutOutMs: 60_000,
      maxDelayMs: 5_000,
      cut: true
    }
  ],
  { config: { limits: { maxForeignMessagesPerSecond: 50, maxHeldBack: 2_000 } } }
)

/** A host gets sixteen dials in vain at once, and as many in each minute. */
async function fewDialsWereAimed({ attacker }: AttackContext): Promise<void> {
  const dials = attacker.output.events.filter(({ event }) => event === 'dialled')
  const last = dials.at(-1)
  const allowed = 16 + (16 * Number(last?.ms)) / 60_000

  assert.ok(dials.length > 0, 'nobody was dialled')
  assert.ok(dials.length <= allowed, `${dials.length} dials were aimed in ${String(last?.ms)} ms`)
}

async function sendOneToReplay({ attacker, federation }: AttackContext): Promise<void> {
  await attacker.output.event('linked', PATIENCE_MS)
  // the attacker acknowledges nothing, for which the node waits
  federation
    .node(0)
    .call('send', { type: 'federation', action: 'federation_start' })
    .catch(() => {})
  await attacker.output.event('recorded', PATIENCE_MS)
}

/** What the attacked node passes on, and its neighbours make of it. */
async function neverRepeatsItself({ attacker, federation }: AttackContext): Promise<void> {
  const [framed, ...neighbours] = federation.nodes

  assert.ok(framed != null)
  await attacker.output.event('repeated', PATIENCE_MS)

  for (const node of neighbours) {
    // this is acknowledged after all that it passed on
    await framed.call('send', { peer: node.peerId, type: 'control', action: 'alive' })

    const held: ScoreReport = await node.call('score', { peer: framed.peerId })

    assert.equal(held.terms.duplicates ?? 0, 0, `${node.label} was repeated to`)
  }
}

async function dispatchedOnce({ federation, targets }: AttackContext): Promise<void> {
  const key = `${federation.node(0).peerId} federation:federation_start`

  await until(
    async () =>
      (await Promise.all(targets.map(async (node) => node.call('dispatched')))).every(
        (all) => all[key] != null
      ),
    'the message has reached all',
    PATIENCE_MS
  )

  for (const node of targets) {
    assert.equal((await node.call('dispatched'))[key], 1, `${node.label} took a message more than once`)
  }
}
