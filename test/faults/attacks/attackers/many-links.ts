/** Takes every link there is, under many identities, keeps them in use, and asks for more. */
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { envelope, members, MESSAGE, wrapper } from '../support/protocols.ts'
import { push } from '../support/push.ts'
import { report } from '../support/report.ts'

const { targets, identities } = attackArgs()
let seqno = BigInt(Date.now()) * 1_000n
let tried = 0

for (let i = 0; i < Number(identities); i++) {
  const attacker = await Attacker.create()

  for (const target of targets) {
    void attacker.insist(target, async () => {
      report({ event: 'opened', count: ++tried })
      const link = await attacker.link(target)
      const stream = await attacker.open(target, MESSAGE)

      await push(stream, envelope({ wrapper: wrapper(attacker.peerId, members.alive()), seqno: seqno++ }))
      await new Promise((resolve) => link.addEventListener('close', resolve))
    })
  }
}
