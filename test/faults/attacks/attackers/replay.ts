/** Keeps what an honest node signed, and sends it to the others again and again. */
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { join } from '../support/bytes.ts'
import { MESSAGE } from '../support/protocols.ts'
import { push } from '../support/push.ts'
import { report } from '../support/report.ts'
import type { Target } from '../support/attacker.ts'

const { targets, origin } = attackArgs()
const attacker = await Attacker.create()
const recorded: Uint8Array[] = []

await attacker.node.unhandle(MESSAGE)
await attacker.node.handle(MESSAGE, (stream) => {
  stream.addEventListener('message', ({ data }) => {
    recorded.push(data.subarray())
    report({ event: 'recorded', bytes: data.byteLength })
  })
})
await attacker.link(origin as Target)
report({ event: 'linked' })

while (recorded.length === 0) {
  await new Promise((resolve) => setTimeout(resolve, 20))
}

await Promise.all(
  targets.map(async (target) =>
    attacker.insist(target, async () => {
      await attacker.link(target)
      const stream = await attacker.open(target, MESSAGE)

      attacker.offend(target)

      for (;;) {
        await push(stream, join(...recorded))
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    })
  )
)
