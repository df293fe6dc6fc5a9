/** What ready-made-config.test.ts runs: each file of `config/` on a host of its own, all on one LAN. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseConfig } from '../../../src/config/index.ts'
import { JsonProcess } from '../../support/json-process.ts'
import { OverlayProcess } from '../lan/overlay-process.ts'
import type { JsonEvent } from '../../support/json-process.ts'
import type { Scenario } from '../../support/lan-runner.ts'
import type { Lan } from '../../support/lan.ts'

export const CONFIG_DIRECTORY = join(import.meta.dirname, '../../../config')

/** What a file is to give; the addresses without the host's IP and the PeerId. */
interface Expectation {
  listens: RegExp[]
  mdns: boolean
}

export const EXPECTED: Record<string, Expectation> = {
  'bootstrap.yaml': { listens: [/^\/tcp\/4557$/], mdns: false },
  'lan.yaml': { listens: [/^\/tcp\/\d+$/, /^\/tcp\/\d+\/ws$/], mdns: true },
  'proxy.yaml': { listens: [/^\/tcp\/4555$/, /^\/tcp\/4556\/ws$/], mdns: true },
  'websocket.yaml': { listens: [/^\/tcp\/4558\/ws$/], mdns: true }
}

const FILES = Object.keys(EXPECTED)
const BEACON_NODE = fileURLToPath(new URL('../lan/beacon-node.ts', import.meta.url))
const { federation: DEFAULT_FEDERATION } = parseConfig({})
const SOON_MS = 15_000

export const hosts = FILES.length + 1

/** Started by the scenarios of the files, used and stopped by those that follow. */
const nodes = new Map<string, OverlayProcess>()

function nodeOf(file: string): OverlayProcess {
  const node = nodes.get(file)
  assert.ok(node != null, `${file} has been started`)

  return node
}

async function start(file: string, lan: Lan): Promise<void> {
  const host = lan.host(FILES.indexOf(file) + 1)
  const node = await OverlayProcess.start(lan, host, '--config', join(CONFIG_DIRECTORY, file))
  nodes.set(file, node)

  const own = node.multiaddrs.filter((address) => address.startsWith(`/ip4/${host.ip}/`))
  const listens = own.map((address) => address.slice(`/ip4/${host.ip}`.length).split('/p2p/')[0] ?? '')
  const { listens: expected = [] } = EXPECTED[file] ?? {}

  assert.equal(listens.length, expected.length, node.multiaddrs.join('\n'))
  expected.forEach((pattern, i) => assert.match(listens[i] ?? '', pattern))
}

/** Who listens to the LAN hears those with mDNS, and no other. */
async function announce(lan: Lan): Promise<void> {
  const listener = new JsonProcess(lan.host(hosts).spawnNode([BEACON_NODE, DEFAULT_FEDERATION]), 'listener')
  const announced = withMdns().map(({ peerId }) => peerId)

  try {
    await listener.until(`exactly ${announced.join()}`, (events) => isSet(heard(events), announced), SOON_MS)
  } finally {
    await listener.stop()
  }
}

async function becomeNeighbours(): Promise<void> {
  for (const node of withMdns()) {
    const others = withMdns()
      .map(({ peerId }) => peerId)
      .filter((peerId) => peerId !== node.peerId)

    await node.output.until(
      `the neighbours ${others.join()}`,
      (events) => isSet(neighbours(events), others),
      SOON_MS
    )
  }
}

function withMdns(): OverlayProcess[] {
  return FILES.filter((file) => EXPECTED[file]?.mdns === true).map(nodeOf)
}

function heard(events: JsonEvent[]): string[] {
  return events.filter(({ event }) => event === 'peer').map(({ peer }) => String(peer))
}

function neighbours(events: JsonEvent[]): string[] {
  const last = events.findLast(({ event }) => event === 'neighbour:update')

  return (last?.neighbours ?? []) as string[]
}

function isSet(found: string[], wanted: string[]): boolean {
  return [...new Set(found)].sort().join() === wanted.toSorted().join()
}

/** As the comment in the file says. */
async function dialProxy(lan: Lan): Promise<void> {
  const proxy = nodeOf('proxy.yaml')
  const node = await OverlayProcess.start(
    lan,
    lan.host(hosts),
    '--config',
    join(CONFIG_DIRECTORY, 'bootstrap.yaml'),
    '--direct',
    `/dns4/${proxy.host.name}/tcp/4555/p2p/${proxy.peerId}`
  )

  try {
    await node.untilLinked([proxy.peerId], SOON_MS)
  } finally {
    assert.equal(await node.stop(), 0)
  }
}

async function stop(): Promise<void> {
  const codes = await Promise.all([...nodes].map(async ([file, node]) => [file, await node.stop()]))

  assert.deepEqual(
    codes,
    FILES.map((file) => [file, 0])
  )
}

export const scenarios: Scenario[] = [
  ...FILES.map((file) => ({
    name: `${file} listens as it says`,
    run: async (lan: Lan) => await start(file, lan)
  })),
  { name: 'those with mDNS are heard on the LAN, and no other', run: announce },
  { name: 'those with mDNS become neighbours of each other', run: becomeNeighbours },
  { name: 'bootstrap.yaml links with the address it is given', run: dialProxy },
  { name: 'all end by themselves within 5 s', run: stop }
]
