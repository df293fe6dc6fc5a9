/** Processes that are killed, and data directories that cannot be written. */
import assert from 'node:assert/strict'
import { readFile, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fullSuite } from '../../support/full-suite.ts'
import { FederationNode } from '../../support/federation-node.ts'
import { fillDisk } from '../../support/fill-disk.ts'
import { mountReadOnly, mountSmall, coverReadOnly } from '../support/conditions.ts'
import { addressOf, NetworkFederation } from '../support/network-federation.ts'
import { assertKept, QUICK_WRITES, SCORE_WRITE_MS, stateOf, storedState } from '../support/stored-state.ts'
import type { Scenario } from '../../../support/lan-runner.ts'
import type { Lan, LanHost } from '../../../support/lan.ts'

const NODES = fullSuite ? 5 : 3
const ROUNDS = fullSuite ? 2 : 1
const PER_SECOND = 10
/** From the start of the new process to links between all neighbours. */
const BACK_MS = 60_000
/** Nobody, who is shut out. */
const STRANGER = '12D3KooWEZc7T55Px8uKep4tAacjBLL5C2AYnQT49MTWLF7p86LW'
const DISK_BYTES = 4 * 1_048_576
const MODEL_BYTES = 1_048_576
/** After which what a node holds is in its store. */
const WRITTEN_MS = 5 * SCORE_WRITE_MS
/** What the sender of a model is told that cannot be kept. */
const REFUSED_MODEL =
  /ModelRefusedError: The peer (?:gave the transfer up \(FAILED\)|refused the model \(NO_SPACE\))/

/** Every node in turn, while messages flow: it has its identity and its store again, and its links. */
async function killInTurn(lan: Lan): Promise<unknown> {
  const directories = await Promise.all(Array.from({ length: NODES }, async () => lan.tempDir()))
  const federation = await NetworkFederation.onLan(lan, {
    nodes: NODES,
    config: QUICK_WRITES,
    configOf: (index) => ({ dataDir: directories[index] })
  })
  const backMs: number[] = []

  try {
    await federation.startTraffic(PER_SECOND)
    // what is in the store of each, beside scores
    await Promise.all(
      federation.nodes.map(async (node) => node.call('disconnect', { peer: STRANGER, forced: true }))
    )

    const peers = [await visit(lan.host(1), federation.nodes)]

    for (let turn = 0; turn < (fullSuite ? NODES * ROUNDS : 1); turn++) {
      const index = turn % NODES
      const node = federation.node(index)

      await sleep(1_000)
      const before = await stateOf(node, peers)

      await sleep(WRITTEN_MS)
      const last = await stateOf(node, peers)

      await federation.kill(index)
      assertKept(await storedState(lan.host(index + 1), directories[index] ?? '', peers), before, last)
      const restarted = await federation.restart(index)

      assert.equal(restarted.peerId, node.peerId)
      assert.deepEqual(
        (await restarted.call('restrictions')).map(({ peer }) => peer),
        [STRANGER]
      )
      backMs.push(await federation.untilLinked(BACK_MS))
      await federation.startTraffic(PER_SECOND, [restarted])
    }

    await sleep(1_000)
    const totals = await federation.endTraffic()

    await federation.stop()

    return { backMs, ...totals }
  } finally {
    await federation.destroy()
  }
}

/**
 * A node whose data directory cannot be written any more goes on making links
 * and sending, and finds its store as it was, or as it became, afterwards.
 *
 * @param spoil - makes it so, and gives what ends it
 */
async function unwritable(
  lan: Lan,
  spoil: (dataDir: string) => Promise<() => Promise<void>>
): Promise<unknown> {
  const dataDir = await lan.tempDir()
  let repair = async (): Promise<void> => {}

  await mountSmall(dataDir, DISK_BYTES)
  const federation = await NetworkFederation.onLan(lan, {
    nodes: 3,
    config: { ...QUICK_WRITES, restrictions: { recentlyDisconnectedTtl: 200 } },
    configOf: (index) => (index === 0 ? { dataDir } : {})
  })

  try {
    const [node, shutOut, other] = [federation.node(0), federation.node(1), federation.node(2)]
    const key = await readFile(`${dataDir}/identity.key`)

    await federation.startTraffic(PER_SECOND)
    await node.call('disconnect', { peer: STRANGER, forced: true })
    const peers = [await visit(lan.host(3), [node])]
    const before = await stateOf(node, peers)

    await sleep(WRITTEN_MS)
    repair = await spoil(dataDir)
    // an entry of the store, which cannot be written
    await node.call('disconnect', { peer: shutOut.peerId, forced: true })
    // and one for each stream, in libp2p
    await node.call('disconnect', { peer: other.peerId })
    await sleep(500)
    await node.connect(addressOf(other))
    await node.call('send', { peer: other.peerId, type: 'control', action: 'alive' })
    // a model has no place to be received; its sender learns so
    const refused = await other.call('sendModel', { peers: [node.peerId], bytes: MODEL_BYTES }).then(
      () => 'was sent',
      ({ message }: Error) => message.split('\n')[0] ?? ''
    )

    assert.match(refused, REFUSED_MODEL)
    await other.call('send', { peer: node.peerId, type: 'control', action: 'alive' })
    const last = await stateOf(node, peers)

    await federation.kill(0)
    await repair()
    repair = async () => {}
    assert.deepEqual(await readFile(`${dataDir}/identity.key`), key)
    assertKept(await storedState(lan.host(1), dataDir, peers), before, last)
    const restarted = await federation.restart(0)

    assert.equal(restarted.peerId, node.peerId)
    await restarted.connect(addressOf(other))
    await restarted.call('send', { peer: other.peerId, type: 'control', action: 'alive' })
    await other.call('sendModel', { peers: [restarted.peerId], bytes: MODEL_BYTES })
    await federation.stop()

    return { refused, ...federation.ledger.totals }
  } finally {
    await federation.destroy()
    await repair()
  }
}

async function fullDisk(dataDir: string): Promise<() => Promise<void>> {
  const filler = `${dataDir}/filler`

  await fillDisk(filler)

  return async () => rm(filler, { force: true })
}

/** What the process has open has no room, what it opens is read only. */
async function suddenlyReadOnly(dataDir: string): Promise<() => Promise<void>> {
  const empty = await fullDisk(dataDir)
  const uncover = await coverReadOnly(dataDir)

  return async () => {
    await uncover()
    await empty()
  }
}

/** Nothing is begun on a disk that has no room, and nothing that is there is touched. */
async function noRoomToStart(lan: Lan): Promise<unknown> {
  const dataDir = await lan.tempDir()

  await mountSmall(dataDir, DISK_BYTES)
  const first = await start(lan, dataDir)

  await first.stop()
  await fillDisk(`${dataDir}/filler`)
  const refused = await start(lan, dataDir).then(
    async (node) => {
      await node.stop()

      return 'started'
    },
    (err: Error) => errorName(err)
  )

  await rm(`${dataDir}/filler`)
  const again = await start(lan, dataDir)

  assert.equal(again.peerId, first.peerId)
  await again.stop()

  return { refused }
}

async function readOnly(lan: Lan): Promise<unknown> {
  const dataDir = await lan.tempDir()

  await mountSmall(dataDir, DISK_BYTES)
  const first = await start(lan, dataDir)

  await first.stop()
  await mountReadOnly(dataDir)
  const refused = await start(lan, dataDir).then(
    async (node) => {
      await node.stop()

      return 'started'
    },
    (err: Error) => errorName(err)
  )

  assert.match(refused, /UnwritableDataDirError/)

  return { refused }
}

/** A node that makes links and leaves at once, which each of the nodes holds against it; gives its PeerId. */
async function visit(host: LanHost, nodes: FederationNode[]): Promise<string> {
  const visitor = await FederationNode.start('the visitor', { spawn: (args) => host.spawnNode(args) })

  for (const node of nodes) {
    await visitor.connect(addressOf(node))
  }

  await visitor.stop()

  return visitor.peerId
}

async function start(lan: Lan, dataDir: string): Promise<FederationNode> {
  return FederationNode.start('node', { config: { dataDir }, spawn: (args) => lan.host(1).spawnNode(args) })
}

/** The error that a process ended with, by what it said. */
function errorName({ message }: Error): string {
  return /^\w*Error: .*/m.exec(message.slice(message.indexOf('stderr:')))?.[0] ?? message
}

const cut: Scenario[] = [
  { name: 'processes killed in turn', run: killInTurn },
  { name: 'a disk that fills up', run: async (lan) => unwritable(lan, fullDisk) },
  {
    name: 'a data directory that becomes read only',
    run: async (lan) => unwritable(lan, suddenlyReadOnly)
  },
  { name: 'a data directory that is read only', run: readOnly }
]

export const processScenarios: Scenario[] = fullSuite
  ? [...cut, { name: 'a disk without room at the start', run: noRoomToStart }]
  : cut
