/** Packets that are lost or slowed, and a federation that falls in halves. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { fullSuite } from '../../support/full-suite.ts'
import { heal, limitNoRate, limitRate, loseNoPackets, losePackets, part } from '../support/conditions.ts'
import { NetworkFederation } from '../support/network-federation.ts'
import { changeAddress } from '../../../support/lan-surroundings.ts'
import type { Scenario } from '../../../support/lan-runner.ts'
import type { Lan } from '../../../support/lan.ts'

const PER_SECOND = 5
/** From the end of a disturbance to links between all neighbours. */
const BACK_MS = 60_000
/** As a loaded machine and a short test need it; the defaults are 10 s and 30 s. */
const QUICK_PINGS = { pingInterval: 1_000, pingTimeout: 5_000 }

async function withFederation(
  lan: Lan,
  init: Parameters<typeof NetworkFederation.onLan>[1],
  run: (federation: NetworkFederation) => Promise<unknown>
): Promise<unknown> {
  const federation = await NetworkFederation.onLan(lan, init)

  try {
    const value = await run(federation)

    await federation.stop()

    return value
  } finally {
    await federation.destroy()
  }
}

async function lossy(lan: Lan, percent: number): Promise<unknown> {
  const nodes = fullSuite ? 5 : 3
  const hosts = lan.hosts.slice(0, nodes)

  return withFederation(lan, { nodes }, async (federation) => {
    try {
      await Promise.all(hosts.map(async (host) => losePackets(host, percent)))
      await federation.startTraffic(PER_SECOND)
      await sleep(fullSuite ? 60_000 : 3_000)
    } finally {
      await Promise.all(hosts.map(async (host) => loseNoPackets(host)))
    }

    const backMs = await federation.untilLinked(BACK_MS)
    const totals = await federation.endTraffic()

    assert.ok(totals.accepted > 0)

    return { backMs, ...totals }
  })
}

/** Besides the messages a model passes the slow links, which neither may lose. */
async function slow(lan: Lan): Promise<unknown> {
  const nodes = 5
  const hosts = lan.hosts.slice(0, nodes)

  return withFederation(lan, { nodes }, async (federation) => {
    const [first, second] = [federation.node(0), federation.node(1)]

    try {
      await Promise.all(hosts.map(async (host) => limitRate(host, '1mbit')))
      await federation.startTraffic(PER_SECOND)
      await first.call('sendModel', { peers: [second.peerId], bytes: 4_194_304 })
    } finally {
      await Promise.all(hosts.map(async (host) => limitNoRate(host)))
    }

    const totals = await federation.endTraffic()
    const [model] = await second.call('models')

    assert.equal(model?.error, undefined)
    assert.deepEqual(totals.rejected, {})
    assert.deepEqual(
      federation.nodes.flatMap(({ output }) => output.events.filter(({ event }) => event === 'link:close')),
      []
    )

    return { ...totals, maxDelayMs: (await second.call('tally')).maxDelayMs }
  })
}

/** Halves of the federation that cannot reach each other, and go on among themselves. */
async function halves(lan: Lan): Promise<unknown> {
  const nodes = fullSuite ? 10 : 4
  const away = lan.hosts.slice(nodes / 2, nodes)
  const config = fullSuite ? {} : { connections: QUICK_PINGS }

  return withFederation(lan, { nodes, config }, async (federation) => {
    const sides = [federation.nodes.slice(0, nodes / 2), federation.nodes.slice(nodes / 2)]
    const parted = Date.now()

    await federation.startTraffic(PER_SECOND)
    await part(away)

    for (const side of sides) {
      const peers = side.map(({ peerId }) => peerId)

      for (const node of side) {
        await federation.untilOnly(node, peers, fullSuite ? 60_000 : 30_000)
      }
    }

    const noticedMs = Date.now() - parted

    await sleep(Math.max(0, (fullSuite ? 60_000 : 6_000) - noticedMs))

    for (const side of sides) {
      for (const node of side) {
        const inside = side.filter((other) => other !== node).map(({ peerId }) => peerId)
        const lost = node.output.events.filter(
          ({ event, peer }) => event === 'link:close' && inside.includes(String(peer))
        )

        assert.deepEqual(lost, [], `${node.label} has lost a link within its half`)
      }
    }

    await heal(away)
    const backMs = await federation.untilLinked(BACK_MS)

    return { noticedMs, backMs, ...(await federation.endTraffic()) }
  })
}

/** A host gets another address, as by a new lease: its connections are dead, and nobody is told. */
async function move(lan: Lan): Promise<unknown> {
  const nodes = 3
  const host = lan.host(nodes)
  const config = { connections: QUICK_PINGS }

  return withFederation(lan, { nodes, config }, async (federation) => {
    const moved = federation.node(nodes - 1)

    await federation.startTraffic(PER_SECOND)
    const at = Date.now()

    await changeAddress(host, host.ip.replace(/\d+$/, '200'))
    await federation.untilOnly(moved, [], 30_000)

    const backMs = await federation.untilLinked(BACK_MS).then(() => Date.now() - at)
    const totals = await federation.endTraffic()

    await changeAddress(host, host.ip)

    return { backMs, ...totals }
  })
}

const cut: Scenario[] = [
  { name: 'packets lost, 5 %', run: async (lan) => lossy(lan, 5) },
  { name: 'a federation in halves', run: halves }
]

export const conditionsScenarios: Scenario[] = fullSuite
  ? [
      ...cut,
      { name: 'packets lost, 20 %', run: async (lan) => lossy(lan, 20) },
      { name: 'little bandwidth', run: slow },
      { name: 'another address', run: move }
    ]
  : cut
