/** Sends different messages, each of them well made, as fast as they are taken. */
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { join } from '../support/bytes.ts'
import { envelope, members, MESSAGE, wrapper } from '../support/protocols.ts'
import { push } from '../support/push.ts'

const BATCH = 500

const { targets } = attackArgs()
const attacker = await Attacker.create()
const alive = wrapper(attacker.peerId, members.alive())
let seqno = BigInt(Date.now()) * 1_000n

await Promise.all(
  targets.map(async (target) =>
    attacker.insist(target, async () => {
      await attacker.link(target)
      const stream = await attacker.open(target, MESSAGE)

      attacker.offend(target)

      for (;;) {
        await push(
          stream,
          join(...Array.from({ length: BATCH }, () => envelope({ wrapper: alive, seqno: seqno++ })))
        )
      }
    })
  )
)
