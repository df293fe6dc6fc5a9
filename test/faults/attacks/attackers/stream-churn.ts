/** Opens streams, a few at once as each protocol allows, and resets them, over and over, on the connection of a link. */
import { setTimeout as delay } from 'node:timers/promises'
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { HANDSHAKE, MESSAGE, MODEL } from '../support/protocols.ts'
import { report } from '../support/report.ts'

const AT_ONCE = 4
/** So that they reach the protocol. */
const OPEN_MS = 5

const { targets } = attackArgs()
const attacker = await Attacker.create()
let opened = 0

await Promise.all(
  targets.map(async (target) =>
    attacker.insist(target, async () => {
      await attacker.link(target)
      attacker.offend(target)

      for (;;) {
        const protocols = [HANDSHAKE, MESSAGE, MODEL]
        const protocol = protocols[opened % protocols.length] ?? HANDSHAKE
        const streams = await Promise.allSettled(
          Array.from({ length: AT_ONCE }, async () => attacker.open(target, protocol))
        )

        await delay(OPEN_MS)

        for (const result of streams) {
          if (result.status === 'fulfilled') {
            result.value.abort(new Error('on to the next'))
          }
        }

        opened += AT_ONCE
        report({ event: 'opened', count: opened })
      }
    })
  )
)
