import { push } from './push.ts'
import type { Attacker, Target } from './attacker.ts'

/** Sends messages to all targets, as fast as they are taken, and again and again. @param next - makes the next ones */
export async function flood(
  attacker: Attacker,
  targets: Target[],
  next: () => Uint8Array | Promise<Uint8Array>
): Promise<void> {
  await Promise.all(
    targets.map(async (target) =>
      attacker.insist(target, async () => {
        const stream = await attacker.messages(target)

        for (;;) {
          await push(stream, await next())
        }
      })
    )
  )
}
