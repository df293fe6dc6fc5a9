/** Speaks for honest nodes, to others: without a signature, and with its own. */
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { envelope, members, wrapper } from '../support/protocols.ts'
import { push } from '../support/push.ts'

const { targets } = attackArgs()
const seqno = BigInt(Date.now()) * 1_000n

for (const signs of [false, true]) {
  const attacker = await Attacker.create()

  for (const [i, target] of targets.entries()) {
    const victim = targets[(i + 1) % targets.length]?.peerId ?? ''
    const bytes = wrapper(victim, members.alive('forged'))
    const signature = signs ? await attacker.sign(victim, seqno, bytes) : undefined

    void attacker.insist(target, async () => {
      await push(await attacker.messages(target), envelope({ wrapper: bytes, seqno, signature, hops: 1 }))
    })
  }
}
