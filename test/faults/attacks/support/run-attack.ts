import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { PATIENCE_MS } from '../../../support/patience.ts'
import { until } from '../../support/until.ts'
import { AttackerProcess } from './attacker-process.ts'
import type { Attack, AttackContext } from './attack.ts'
import type { MemoryReport } from '../../support/federation-memory.ts'
import type { Federation } from '../../support/federation.ts'

const MIB = 1_048_576
const LINGER_MS = 1_000

/** A node at rest has 180 MiB. */
const MAX_RSS = 384 * MIB

/** Bytes in use that may stay behind in an honest node. */
const MAX_LEFT_BEHIND = 48 * MIB

/**
 * Runs one attack on the federation, with messages between all honest nodes
 * before, during and after it.
 *
 * @returns what it came to, in words
 * @throws when a message between honest nodes was lost, memory was not bounded, the attacker was not shut out in time, or an honest node was harmed
 */
export async function runAttack(federation: Federation, attack: Attack): Promise<string> {
  const targets = attack.targets?.(federation) ?? federation.nodes
  const before = await federation.memory({ collect: true })

  await federation.mark()
  await federation.startTraffic()
  const attacker = new AttackerProcess(attack.attacker, targets, attack.args?.(federation))
  const context = { federation, attacker, targets }
  let shutOut: string

  try {
    await attack.meanwhile?.(context)
    shutOut = await untilShutOut(attack, context)
    await attack.check?.(context)
    await delay(attack.lingerMs ?? LINGER_MS)
  } finally {
    await attacker.stop()
  }

  const peak = Math.max(...(await federation.memory({ collect: false })).map(({ peakRss }) => peakRss))

  // without the link that it needs it would have attacked nobody
  assert.deepEqual(attacker.linksMissing, [], 'the attacker never had a link with a target')
  // before it is counted what was lost: this says why
  await federation.assertUnharmed()
  const { messages, maxDelayMs } = await federation.stopTraffic()
  await federation.untilIdle(PATIENCE_MS)

  const left = await untilLeftBehind(federation, before)

  assert.ok(peak < (attack.maxRss ?? MAX_RSS), `a node came to ${mib(peak)} of resident memory`)
  assert.ok(maxDelayMs <= (attack.maxDelayMs ?? Infinity), `a message was under way for ${maxDelayMs} ms`)

  return (
    `${shutOut}; at most ${mib(peak)} resident, ${mib(left)} left behind; ` +
    `${messages} messages so far, none lost, the slowest ${maxDelayMs} ms`
  )
}

/** What a stream that was just reset has held is not all free at once. */
async function untilLeftBehind(federation: Federation, before: MemoryReport[]): Promise<number> {
  let left = Infinity

  await until(
    async () => {
      const now = await federation.memory({ collect: true })

      left = Math.max(...now.map(({ inUse }, i) => inUse - (before[i]?.inUse ?? 0)))

      return left < MAX_LEFT_BEHIND
    },
    () => `no more than ${mib(MAX_LEFT_BEHIND)} of memory in use stay behind, but ${mib(left)} did`,
    PATIENCE_MS
  )

  return left
}

async function untilShutOut(attack: Attack, context: AttackContext): Promise<string> {
  const { attacker, federation, targets } = context
  const { identities = 1, shutOutMs, ignoredMs } = attack

  if (shutOutMs == null) {
    return 'nobody to shut out'
  }

  await attacker.untilOffences(identities * targets.length, PATIENCE_MS)
  const slowest = async (timeoutMs: number, told?: 'peer:graylisted'): Promise<number> => {
    const { offences } = attacker
    const times = await federation.untilShutOut(offenders(offences), { nodes: targets, timeoutMs, told })
    const ms = Math.max(
      ...offences.map(({ peer, target, at }) => (times.get(`${peer} ${target}`) ?? Infinity) - at)
    )

    assert.ok(ms <= timeoutMs, `it took ${ms} ms to shut an attacker out`)

    return ms
  }
  const ignored = ignoredMs == null ? '' : `ignored in ${await slowest(ignoredMs, 'peer:graylisted')} ms, `

  return `${ignored}shut out by all ${targets.length} in ${await slowest(shutOutMs)} ms`
}

function offenders(offences: Array<{ peer: string }>): string[] {
  return [...new Set(offences.map(({ peer }) => peer))]
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(0)} MiB`
}
