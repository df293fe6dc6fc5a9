/** Sends one message over and over. */
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { join } from '../support/bytes.ts'
import { envelope, members, MESSAGE, wrapper } from '../support/protocols.ts'
import { push } from '../support/push.ts'

const { targets } = attackArgs()
const attacker = await Attacker.create()
const ready = envelope({
  wrapper: wrapper(attacker.peerId, members.federationReady()),
  seqno: BigInt(Date.now()) * 1_000n
})
const batch = join(...Array<Uint8Array>(500).fill(ready))

await Promise.all(
  targets.map(async (target) =>
    attacker.insist(target, async () => {
      await attacker.link(target)
      const stream = await attacker.open(target, MESSAGE)

      attacker.offend(target)

      for (;;) {
        await push(stream, batch)
      }
    })
  )
)
