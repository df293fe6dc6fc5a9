import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ANSWER_INTERVAL_MS, BEACON_REPEAT_MS } from '../../../src/discovery/constants.ts'
import { JsonProcess } from '../../support/json-process.ts'
import { routeMulticast } from '../../support/lan-surroundings.ts'
import type { JsonEvent } from '../../support/json-process.ts'
import type { Scenario } from '../../support/lan-runner.ts'
import type { Lan, LanHost } from '../../support/lan.ts'

const INTERVAL_MS = 500
const SOON_MS = 5_000
const FAMILIES = 2
const BEACON_NODE = fileURLToPath(new URL('beacon-node.ts', import.meta.url))
const STOCK_NODE = fileURLToPath(new URL('stock-node.ts', import.meta.url))

interface Node {
  process: JsonProcess
  host: LanHost
  peerId: string
}

/** Starts a node on each host, runs, and ends the nodes; all must end by themselves. */
async function withNodes(
  starts: Array<{ host: LanHost; args: string[] }>,
  use: (...nodes: Node[]) => Promise<void>
): Promise<void> {
  const processes = starts.map(
    ({ host, args }) => new JsonProcess(host.spawnNode(args), `${host.namespace} ${args.join(' ')}`)
  )

  try {
    const nodes = await Promise.all(
      starts.map(async ({ host }, i): Promise<Node> => {
        const process = processes[i]
        assert.ok(process != null)
        const ready = await process.event('ready', 20_000)

        return { process, host, peerId: String(ready.peerId) }
      })
    )

    await use(...nodes)
  } finally {
    await Promise.all(processes.map(async (process) => await process.stop()))
  }

  assert.deepEqual(
    processes.map(({ child }) => child.exitCode),
    processes.map(() => 0)
  )
}

function beacon(
  host: LanHost,
  federation = 'lab',
  interval = INTERVAL_MS
): { host: LanHost; args: string[] } {
  return { host, args: [BEACON_NODE, federation, String(interval)] }
}

/** Waits until `listener` hears `speaker` after what it has printed by now. */
async function hears(listener: Node, speaker: Node, timeoutMs = SOON_MS): Promise<void> {
  const from = listener.process.events.length
  await listener.process.until(
    `an answer of ${speaker.host.namespace}`,
    (events) => heard(events.slice(from)).has(speaker.peerId),
    timeoutMs
  )
}

function heard(events: JsonEvent[]): Set<string> {
  return new Set(events.filter(({ event }) => event === 'peer').map(({ peer }) => String(peer)))
}

async function findEachOther(lan: Lan): Promise<void> {
  const inLab = lan.hosts.slice(0, 5).map((host) => beacon(host))

  await withNodes([...inLab, beacon(lan.host(6), 'elsewhere')], async (...nodes) => {
    const stranger = nodes.pop()
    assert.ok(stranger != null)
    const all = nodes.map(({ peerId }) => peerId)

    for (const node of nodes) {
      await node.process.until(
        'an answer of every other node',
        (events) => heard(events).size >= nodes.length - 1,
        SOON_MS
      )
      assert.deepEqual(
        [...heard(node.process.events)].sort(),
        all.filter((peerId) => peerId !== node.peerId).sort()
      )
    }

    const [first] = nodes
    assert.ok(first != null)
    const announced = stranger.process.events.length
    const addrs = nodes[1]?.process.events.find(
      ({ event, peer }) => event === 'peer' && peer === first.peerId
    )
    assert.match(JSON.stringify(addrs?.multiaddrs), new RegExp(`/ip4/${first.host.ip}/tcp/\\d+"`))
    await sleep(2 * INTERVAL_MS)
    assert.equal(stranger.process.events.length, announced)
    assert.equal(heard(stranger.process.events).size, 0)
  })
}

/** The first question of each brings all together; the second is far away. */
async function askAtTheStart(lan: Lan): Promise<void> {
  await withNodes([beacon(lan.host(1), 'lab', 3_600_000)], async (early) => {
    await withNodes([beacon(lan.host(2), 'lab', 3_600_000)], async (late) => {
      const known = async (listener: Node, speaker: Node): Promise<void> =>
        await listener.process.until('the other', (events) => heard(events).has(speaker.peerId), SOON_MS)

      await Promise.all([known(early, late), known(late, early)])
    })
  })
}

/** However often both ask, each answers once a second on its interface, in IPv4 and in IPv6. */
async function answerOnceASecond(lan: Lan): Promise<void> {
  const [interval, watched] = [100, 4_000]

  await withNodes(
    [beacon(lan.host(1), 'lab', interval), beacon(lan.host(2), 'lab', interval)],
    async (...nodes) => {
      await sleep(BEACON_REPEAT_MS)
      const from = nodes.map((node) => node.process.events.length)
      const start = performance.now()
      await sleep(watched)
      const most = FAMILIES * Math.ceil(1 + (performance.now() - start) / ANSWER_INTERVAL_MS)

      nodes.forEach((node, i) => {
        const answers = node.process.events.length - (from[i] ?? 0)
        assert.ok(answers <= most, `${answers} answers of ${most} at most`)
        assert.ok(answers >= FAMILIES, `${answers} answers in ${watched} ms`)
      })
    }
  )
}

async function hearAgainAfterCut(lan: Lan): Promise<void> {
  await withNodes([beacon(lan.host(1)), beacon(lan.host(2))], async (one, two) => {
    await Promise.all([hears(one, two), hears(two, one)])
    await one.host.cut()
    await sleep(100)
    await assert.rejects(hears(two, one, 3 * INTERVAL_MS))
    await one.host.restore()
    await Promise.all([hears(one, two), hears(two, one)])

    await one.host.blockMulticast()
    await sleep(100)
    await Promise.all([
      assert.rejects(hears(one, two, 3 * INTERVAL_MS)),
      assert.rejects(hears(two, one, 3 * INTERVAL_MS))
    ])
    await one.host.allowMulticast()
    await Promise.all([hears(one, two), hears(two, one)])
  })
}

async function hearAgainAfterUnplugging(lan: Lan): Promise<void> {
  await withNodes([beacon(lan.host(1)), beacon(lan.host(2))], async (one, two) => {
    await Promise.all([hears(one, two), hears(two, one)])
    await one.host.unplug()
    await sleep(3 * INTERVAL_MS)
    await one.host.plugIn()
    await Promise.all([hears(one, two), hears(two, one)])
  })
}

async function liveWithoutNetwork(lan: Lan): Promise<void> {
  const host = lan.host(1)
  await host.unplug()
  await host.setLoopback('down')

  try {
    await withNodes([beacon(host), beacon(lan.host(2))], async (lonely, other) => {
      await sleep(3 * INTERVAL_MS)
      assert.equal(heard(lonely.process.events).size, 0)
      await host.setLoopback('up')
      await host.plugIn()
      await hears(lonely, other)
    })
  } finally {
    await host.setLoopback('up')
  }
}

async function meetStockNodes(lan: Lan): Promise<void> {
  await routeMulticast(lan.host(2))
  const stock = { host: lan.host(2), args: [STOCK_NODE, 'lab', 'dial'] }

  await withNodes([beacon(lan.host(1)), stock], async (ours, theirs) => {
    await hears(ours, theirs)
    await theirs.process.until('us', (events) => heard(events).has(ours.peerId), SOON_MS)
    await theirs.process.event('connect', SOON_MS)
  })
}

export const beaconScenarios: Scenario[] = [
  { name: 'beacons hear all of their federation, and nobody else', run: findEachOther },
  { name: 'a beacon is heard as soon as it starts', run: askAtTheStart },
  { name: 'many questions bring one answer a second', run: answerOnceASecond },
  {
    name: 'a beacon that was cut off, or without multicast, hears and is heard again',
    run: hearAgainAfterCut
  },
  { name: 'a beacon hears again on an interface that was taken away', run: hearAgainAfterUnplugging },
  { name: 'a beacon without any network waits for one', run: liveWithoutNetwork },
  { name: 'a beacon and plain @libp2p/mdns hear each other', run: meetStockNodes }
]
