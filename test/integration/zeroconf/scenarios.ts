/** What zeroconf.test.ts runs: nodes as users start them, and beside them a resolver that is not of libp2p. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { JsonProcess } from '../../support/json-process.ts'
import { leaveIPv6Only } from '../../support/lan-surroundings.ts'
import { startNode } from '../surroundings/nodes.ts'
import { python } from './python.ts'
import type { OverlayProcess } from '../lan/overlay-process.ts'
import type { JsonEvent } from '../../support/json-process.ts'
import type { Scenario } from '../../support/lan-runner.ts'
import type { Lan } from '../../support/lan.ts'

const BROWSE = fileURLToPath(new URL('browse.py', import.meta.url))
const SERVICE = '_nebula-nebula._udp.local.'
const SOON_MS = 30_000
const LISTEN = ['/ip4/0.0.0.0/tcp/0', '/ip6/::/tcp/0']
const LOCATION = { latitude: 38.02, longitude: -1.17 }

export const hosts = 3

type IpVersion = '4' | '6'

async function resolve(lan: Lan, version: IpVersion): Promise<void> {
  const config = `${await lan.tempDir()}/config.json`
  await writeFile(config, JSON.stringify({ listen: LISTEN, joining: { direct: true }, location: LOCATION }))
  // the first tells where on earth it is
  const nodes = await Promise.all([
    startNode(lan, lan.host(1), '--config', config),
    startNode(lan, lan.host(2))
  ])
  const browser = new JsonProcess(
    lan.host(3).spawn(python ?? '', [BROWSE, SERVICE, version]),
    'the browser of services'
  )

  for (const node of nodes) {
    await browser.until(
      `the node of ${node.host.namespace}`,
      (events) => isFound(events, node, version),
      SOON_MS
    )
  }

  const [located, unlocated] = nodes.map((node) => foundOf(browser.events, node)?.texts as string[])
  assert.ok(located?.includes(`location=${LOCATION.latitude},${LOCATION.longitude}`))
  assert.ok(unlocated?.every((text) => text.startsWith('dnsaddr=')))

  const instances = nodes.map((node) => foundOf(browser.events, node)?.name)
  assert.equal(new Set(instances).size, nodes.length)
  assert.deepEqual(
    new Set(browser.events.filter(({ event }) => event === 'found').map(({ name }) => name)),
    new Set(instances)
  )

  assert.deepEqual(await Promise.all(nodes.map(async (node) => await node.stop())), [0, 0])
  await browser.until(
    'that both have gone',
    (events) => instances.every((name) => events.some((one) => one.event === 'removed' && one.name === name)),
    SOON_MS
  )
  await browser.stop()
}

/** Whether all that a resolver needs is known: where the node is, by SRV and A or AAAA, and all of its multiaddrs there. */
function isFound(events: JsonEvent[], node: OverlayProcess, version: IpVersion): boolean {
  const found = foundOf(events, node)

  if (found == null) {
    return false
  }

  const { host, multiaddrs } = node
  const own = multiaddrs.filter((addr) => /^\/ip[46]\/(?:10\.77|fd00)/.test(addr))
  const ports = own.map((addr) => Number(/\/tcp\/(\d+)/.exec(addr)?.[1]))
  const { texts, addresses } = found as JsonEvent & Record<'texts' | 'addresses', string[]>

  return (
    own.length > 0 &&
    own.every((addr) => texts.includes(`dnsaddr=${addr}`)) &&
    addresses.includes(version === '6' ? host.ip6 : host.ip) &&
    ports.includes(Number(found.port))
  )
}

/** The last that was resolved of the node; TXT tells which it is. */
function foundOf(events: JsonEvent[], { peerId }: OverlayProcess): JsonEvent | undefined {
  return events.findLast(
    ({ event, texts }) =>
      event === 'found' && (texts as string[]).some((text) => text.endsWith(`/p2p/${peerId}`))
  )
}

export const scenarios: Scenario[] = [
  { name: 'over IPv4', run: async (lan) => await resolve(lan, '4') },
  { name: 'over IPv6', run: async (lan) => await resolve(lan, '6') },
  {
    name: 'where there is only IPv6',
    run: async (lan) => {
      await Promise.all(lan.hosts.map(leaveIPv6Only))
      await resolve(lan, '6')
    }
  }
]
