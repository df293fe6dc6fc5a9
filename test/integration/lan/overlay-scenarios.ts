import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { JsonProcess } from '../../support/json-process.ts'
import { routeMulticast } from '../../support/lan-surroundings.ts'
import { OverlayProcess, linkedPeers } from './overlay-process.ts'
import type { Scenario } from '../../support/lan-runner.ts'
import type { Lan } from '../../support/lan.ts'

const STOCK_NODE = fileURLToPath(new URL('stock-node.ts', import.meta.url))

const MEMBERS = 5

/** From the last `ready` to links between all pairs, on a busy machine; the bench measures how fast it is. */
const LINKED_MS = 120_000

/** A silent peer is noticed by libp2p's pings: every 10 s, and each has 5 to 60 s. */
const NOTICED_MS = 90_000

/** A peer that could not be redialled is shut out for 60 s; then comes a question to the LAN. */
const BACK_MS = 120_000

/** As long as nobody who should do nothing is watched. */
const WATCHED_MS = 4_000

const DIAL_MS = 15_000

/** The nodes that find each other by mDNS, shared by the scenarios that follow each other. */
let members: OverlayProcess[] = []
let stranger: OverlayProcess | undefined

function othersOf(member: OverlayProcess): string[] {
  return members.filter((other) => other !== member).map(({ peerId }) => peerId)
}

async function allLinked(timeoutMs: number): Promise<void> {
  assert.equal(members.length, MEMBERS)
  await Promise.all(members.map(async (member) => await member.untilLinked(othersOf(member), timeoutMs)))
}

async function findAndLink(lan: Lan): Promise<void> {
  members = await Promise.all(
    lan.hosts
      .slice(0, MEMBERS)
      .map(async (host) => await OverlayProcess.start(lan, host, '--federation', 'lab'))
  )
  await allLinked(LINKED_MS)
}

/** Neither by mDNS, nor when it dials. */
async function leaveStrangerOut(lan: Lan): Promise<void> {
  const [first] = members
  assert.ok(first != null)
  const addr = first.address(new RegExp(`/ip4/${first.host.ip}/tcp/\\d+/p2p/`))
  stranger = await OverlayProcess.start(
    lan,
    lan.host(MEMBERS + 1),
    '--federation',
    'elsewhere',
    '--dial',
    addr
  )

  const refused = await stranger.output.event('join:failed', DIAL_MS)
  assert.match(JSON.stringify(refused.error), /federations differ/)
  await sleep(WATCHED_MS)
  assert.deepEqual(
    stranger.output.events.filter(({ event }) => event === 'link:open' || event === 'peer:found'),
    []
  )

  for (const member of members) {
    assert.deepEqual(member.eventsOf(stranger.peerId, 0), [])
  }
}

async function leaveStockInPeace(lan: Lan): Promise<void> {
  const host = lan.host(MEMBERS + 1)

  await routeMulticast(host)

  for (const behaviour of ['dial', 'wait']) {
    const marks = members.map((member) => member.mark())
    const stock = new JsonProcess(host.spawnNode([STOCK_NODE, 'lab', behaviour]), `stock, ${behaviour}`)
    const { peerId } = await stock.event('ready', DIAL_MS)

    await stock.until(
      'a connection to each member',
      (events) => events.filter(({ event }) => event === 'connect').length >= MEMBERS,
      DIAL_MS
    )
    await sleep(WATCHED_MS)

    assert.deepEqual(
      stock.events.filter(({ event }) => event === 'disconnect' || event === 'dial-failed'),
      [],
      `the node that would ${behaviour} stays connected`
    )
    members.forEach((member, i) => {
      const said = member.eventsOf(String(peerId), marks[i] ?? 0).map(({ event }) => event)
      assert.deepEqual([...new Set(said)], ['peer:found'])
    })
    assert.equal(await stock.stop(), 0)
  }
}

async function linkAgainAfterCut(): Promise<void> {
  const [lost, ...others] = members
  assert.ok(lost != null)

  await lost.host.cut()
  await Promise.all([
    lost.untilLinked([], NOTICED_MS),
    ...others.map(async (other) => {
      const stillThere = othersOf(other).filter((peerId) => peerId !== lost.peerId)
      await other.untilLinked(stillThere, NOTICED_MS)
    })
  ])
  await lost.host.restore()
  await allLinked(BACK_MS)
}

async function stopByThemselves(): Promise<void> {
  const all = stranger == null ? members : [...members, stranger]
  const codes = await Promise.all(all.map(async (node) => await node.stop()))

  assert.deepEqual(
    codes,
    all.map(() => 0)
  )
}

async function dialAddresses(lan: Lan): Promise<void> {
  const quiet = ['--federation', 'lab', '--no-mdns']
  const listener = await OverlayProcess.start(
    lan,
    lan.host(1),
    ...quiet,
    ...['/ip4/0.0.0.0/tcp/4001', '/ip4/0.0.0.0/tcp/4002/ws', '/ip6/::/tcp/4003'].flatMap((addr) => [
      '--listen',
      addr
    ])
  )
  const { host, peerId } = listener
  const cases = [
    { flag: '--dial', addr: listener.address(new RegExp(`^/ip4/${host.ip}/tcp/4001/p2p/`)) },
    { flag: '--direct', addr: listener.address(new RegExp(`^/ip4/${host.ip}/tcp/4002/ws/p2p/`)) },
    { flag: '--dial', addr: `/dns4/${host.name}/tcp/4001/p2p/${peerId}` },
    { flag: '--dial', addr: `/dns4/${host.name}/tcp/4002/ws/p2p/${peerId}` },
    { flag: '--dial', addr: `/ip6/${host.ip6}/tcp/4003/p2p/${peerId}` }
  ]
  const diallers = await Promise.all(
    cases.map(
      async ({ flag, addr }, i) => await OverlayProcess.start(lan, lan.host(i + 2), ...quiet, flag, addr)
    )
  )

  try {
    for (const [i, dialler] of diallers.entries()) {
      const { flag, addr } = cases[i] ?? {}
      await dialler.output.until(
        `a link by ${flag} ${addr}`,
        (events) => linkedPeers(events).has(peerId),
        DIAL_MS
      )
      await listener.output.until(
        `a link of ${flag} ${addr}`,
        (events) => linkedPeers(events).has(dialler.peerId),
        DIAL_MS
      )

      const link = dialler.linkWith(peerId)
      assert.equal(link?.direct, flag === '--direct')
      assert.equal(link?.direction, 'outbound')
      assert.equal(String(link?.address).includes('/ws'), addr?.includes('/ws'))
    }
  } finally {
    await Promise.all([listener, ...diallers].map(async (node) => await node.stop()))
  }
}

export const overlayScenarios: Scenario[] = [
  { name: 'five nodes find each other and link, all pairs', run: findAndLink },
  { name: 'a node of another federation is linked to none', run: leaveStrangerOut },
  { name: 'a js-libp2p node without the overlay is left in peace', run: leaveStockInPeace },
  { name: 'a node that was cut off is linked to all again', run: linkAgainAfterCut },
  { name: 'nodes end by themselves', run: stopByThemselves },
  { name: 'nodes link by TCP, WebSocket and DNS addresses, without multicast', run: dialAddresses }
]
