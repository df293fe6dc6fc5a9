import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { JsonProcess } from '../../../support/json-process.ts'
import { routeMulticast } from '../../../support/lan-surroundings.ts'
import { Federation } from '../../support/federation.ts'
import { untilOpened } from '../support/newcomer.ts'
import { AttackerProcess } from '../support/attacker-process.ts'
import type { LanHost, Lan } from '../../../support/lan.ts'
import type { Scenario } from '../../../support/lan-runner.ts'
import type { ChildProcess } from 'node:child_process'

const MEMBERS = 5
const ACCEPT_COUNTER = fileURLToPath(new URL('accept-counter.ts', import.meta.url))
const MIB = 1_048_576

/** Announcements, of which a quarter names the victim as a member that was never heard of. */
const ANNOUNCED = 8_000

/** Bytes in use that the announcements may have left in a node. */
const MAX_LEFT_BEHIND = 48 * MIB

/** An address of the Internet. In these namespaces a host has it, which tells who comes. */
const FOREIGN = '8.8.8.8'

/** Members that are announced at once and were never linked are dialled so many at once, and then in a second. */
const DIALS_AT_ONCE = 64
const DIALS_PER_SECOND = 8

/** Addresses of the victim that such a member has at most half of the time; otherwise it has one, or is elsewhere. */
const ADDRS = 4

export const hosts = MEMBERS + 3

export const scenarios: Scenario[] = [{ name: 'a flood of announcements', run: flood }]

async function flood(lan: Lan): Promise<string> {
  const [attackerHost, victimHost, foreignHost] = [6, 7, 8].map((i) => lan.host(i))

  if (attackerHost == null || victimHost == null || foreignHost == null) {
    throw new Error('There are not enough hosts')
  }

  await routeMulticast(attackerHost)
  await foreignHost.run('ip', 'address', 'add', `${FOREIGN}/32`, 'dev', 'eth0')
  const victim = counter(victimHost, victimHost.ip, '9000')
  const foreign = counter(foreignHost, FOREIGN, '4001')

  await Promise.all(
    lan.hosts.slice(0, MEMBERS).map(async (host) => host.run('ip', 'route', 'add', FOREIGN, 'dev', 'eth0'))
  )

  const federation = await Federation.start({
    nodes: MEMBERS,
    config: (i) => ({
      listen: [`/ip4/${lan.host(i + 1).ip}/tcp/0`],
      mdns: { enabled: true, interval: 1_000 }
    }),
    spawn: (args, i) => spawnOn(lan.host(i + 1), args)
  })
  const before = await federation.memory({ collect: true })

  await federation.startTraffic()
  const attacker = new AttackerProcess(
    'mdns-flood',
    federation.nodes,
    { victim: victimHost.ip, foreign: FOREIGN },
    (args) => spawnOn(attackerHost, args)
  )
  const begun = Date.now()

  await untilOpened({ federation, attacker, targets: federation.nodes }, ANNOUNCED)
  await attacker.stop()
  const seconds = (Date.now() - begun) / 1_000
  const { messages, maxDelayMs } = await federation.stopTraffic()

  await federation.assertUnharmed()
  await delay(1_000)
  const after = await federation.memory({ collect: true })
  const left = Math.max(...after.map(({ inUse }, i) => inUse - (before[i]?.inUse ?? 0)))
  const dials = accepted(victim)
  const said =
    `${ANNOUNCED} announcements in ${seconds.toFixed(0)} s: ${dials} dials of the victim, ` +
    `${accepted(foreign)} of the Internet, ${(left / MIB).toFixed(0)} MiB left behind; ` +
    `${messages} messages, none lost, the slowest ${maxDelayMs} ms`

  assert.equal(accepted(foreign), 0, said)
  assert.ok(dials < MEMBERS * (DIALS_AT_ONCE + DIALS_PER_SECOND * seconds) * (ADDRS / 2), said)
  assert.ok(left < MAX_LEFT_BEHIND, said)
  await federation.stop()

  return said
}

function counter(host: LanHost, ip: string, port: string): JsonProcess {
  return new JsonProcess(host.spawnNode([ACCEPT_COUNTER, ip, port]), `counter at ${ip}`)
}

function accepted({ events }: JsonProcess): number {
  const last = events.findLast(({ event }) => event === 'accepted')

  if (last == null) {
    throw new Error('A counter has not counted')
  }

  return Number(last.count)
}

/** Unlike what the host starts itself, with a pipe to write to. */
function spawnOn({ namespace }: LanHost, args: string[]): ChildProcess {
  return spawn('ip', ['netns', 'exec', namespace, process.execPath, ...args], {
    stdio: ['pipe', 'pipe', 'pipe']
  })
}
