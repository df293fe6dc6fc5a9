/** Processes that are killed, and data directories that cannot be written. */
import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fullSuite } from '../../support/full-suite.ts'
import { FederationNode } from '../../support/federation-node.ts'
import { mountReadOnly, mountSmall } from '../support/conditions.ts'
import { addressOf, NetworkFederation } from '../support/network-federation.ts'
import type { Scenario } from '../../../support/lan-runner.ts'
import type { Lan } from '../../../support/lan.ts'

const NODES = fullSuite ? 5 : 3
const ROUNDS = fullSuite ? 2 : 1
const PER_SECOND = 10
/** From the start of the new process to links between all neighbours. */
const BACK_MS = 60_000
/** Nobody, who is shut out. */
const STRANGER = '12D3KooWEZc7T55Px8uKep4tAacjBLL5C2AYnQT49MTWLF7p86LW'
const DISK_BYTES = 4 * 1_048_576
const MODEL_BYTES = 1_048_576

/** Every node in turn, while messages flow: it has its identity and its store again, and its links. */
async function killInTurn(lan: Lan): Promise<unknown> {
  const directories = await Promise.all(Array.from({ length: NODES }, async () => lan.tempDir()))
  const federation = await NetworkFederation.onLan(lan, {
    nodes: NODES,
    configOf: (index) => ({ dataDir: directories[index] })
  })
  const backMs: number[] = []

  try {
    await federation.startTraffic(PER_SECOND)
    // what is in the store of each
    await Promise.all(
      federation.nodes.map(async (node) => node.call('disconnect', { peer: STRANGER, forced: true }))
    )

    for (let turn = 0; turn < (fullSuite ? NODES * ROUNDS : 1); turn++) {
      const index = turn % NODES
      const { peerId } = federation.node(index)

      await sleep(1_000)
      await federation.kill(index)
      const restarted = await federation.restart(index)

      assert.equal(restarted.peerId, peerId)
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

/** A node whose disk fills up goes on making links and sending, and finds its store whole afterwards. */
async function fullDisk(lan: Lan): Promise<unknown> {
  const dataDir = await lan.tempDir()
  const filler = `${dataDir}/filler`

  await mountSmall(dataDir, DISK_BYTES)
  const federation = await NetworkFederation.onLan(lan, {
    nodes: 3,
    configOf: (index) => (index === 0 ? { dataDir } : {})
  })

  try {
    const [node, shutOut, other] = [federation.node(0), federation.node(1), federation.node(2)]
    const key = await readFile(`${dataDir}/identity.key`)

    await federation.startTraffic(PER_SECOND)
    await fill(filler)
    // an entry of the store, for which there is no room
    await node.call('disconnect', { peer: shutOut.peerId, forced: true })
    // and one for each stream, in libp2p
    await node.call('disconnect', { peer: other.peerId })
    await Promise.all([node.call('clearRestrictions'), other.call('clearRestrictions')])
    await node.call('connect', { addr: addressOf(other) })
    await node.call('send', { peer: other.peerId, type: 'control', action: 'alive' })
    // a model has no place to be received; its sender learns so
    await assert.rejects(other.call('sendModel', { peers: [node.peerId], bytes: MODEL_BYTES }))
    await other.call('send', { peer: node.peerId, type: 'control', action: 'alive' })
    await federation.kill(0)
    await rm(filler)
    const restarted = await federation.restart(0)

    assert.equal(restarted.peerId, node.peerId)
    assert.deepEqual(await readFile(`${dataDir}/identity.key`), key)
    await restarted.call('connect', { addr: addressOf(other) })
    await restarted.call('send', { peer: other.peerId, type: 'control', action: 'alive' })
    await other.call('sendModel', { peers: [restarted.peerId], bytes: MODEL_BYTES })
    await federation.stop()

    return federation.ledger.totals
  } finally {
    await federation.destroy()
    await rm(filler, { force: true })
  }
}

/** Nothing is begun on a disk that has no room, and nothing that is there is touched. */
async function noRoomToStart(lan: Lan): Promise<unknown> {
  const dataDir = await lan.tempDir()

  await mountSmall(dataDir, DISK_BYTES)
  const first = await start(lan, dataDir)

  await first.stop()
  await fill(`${dataDir}/filler`)
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

async function start(lan: Lan, dataDir: string): Promise<FederationNode> {
  return FederationNode.start('node', { config: { dataDir }, spawn: (args) => lan.host(1).spawnNode(args) })
}

/** Writes until there is no room. */
async function fill(path: string): Promise<void> {
  for (const bytes of [65_536, 4_096, 512, 64, 1]) {
    try {
      for (;;) {
        await writeFile(path, Buffer.alloc(bytes), { flag: 'a' })
      }
    } catch (err) {
      assert.equal((err as NodeJS.ErrnoException).code, 'ENOSPC')
    }
  }
}

/** The error that a process ended with, by what it said. */
function errorName({ message }: Error): string {
  return /^\w*Error: .*/m.exec(message.slice(message.indexOf('stderr:')))?.[0] ?? message
}

const cut: Scenario[] = [
  { name: 'processes killed in turn', run: killInTurn },
  { name: 'a disk that fills up', run: fullDisk },
  { name: 'a data directory that is read only', run: readOnly }
]

export const processScenarios: Scenario[] = fullSuite
  ? [...cut, { name: 'a disk without room at the start', run: noRoomToStart }]
  : cut
