import { PATIENCE_MS } from '../../../support/patience.ts'
import { FederationNode } from '../../support/federation-node.ts'
import type { AttackContext } from './attack.ts'

/** Another honest node that links with all targets in the midst of the attack, and leaves again. */
export async function newcomerLinks({ targets }: AttackContext): Promise<void> {
  const newcomer = await FederationNode.start('newcomer')

  try {
    for (const target of targets) {
      await newcomer.connect(target.addr)
    }
  } finally {
    await newcomer.stop()
  }
}

/** Waits until the attacker has opened so many of whatever it opens. */
export async function untilOpened(
  { attacker }: AttackContext,
  count: number,
  timeoutMs = PATIENCE_MS
): Promise<void> {
  await attacker.output.until(
    `${count} opened`,
    (events) => Number(events.findLast(({ event }) => event === 'opened')?.count ?? 0) >= count,
    timeoutMs
  )
}
