/** Keeps what an honest node signed, and sends it to the others again and again. */
import { setTimeout as delay } from 'node:timers/promises'
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { join } from '../support/bytes.ts'
import { MESSAGE } from '../support/protocols.ts'
import { flood } from '../support/flood.ts'
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
  await delay(20)
}

await flood(attacker, targets, async () => {
  await delay(50)

  return join(...recorded)
})
