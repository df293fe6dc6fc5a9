/** Opens streams and resets them at once, as fast as it goes, on the connection of a link. */
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { HANDSHAKE, MESSAGE, MODEL } from '../support/protocols.ts'
import { report } from '../support/report.ts'

const AT_ONCE = 50

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
