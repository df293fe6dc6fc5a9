/** A few members in good standing who say the worst of everybody else, and go on saying it. */
import { setTimeout as delay } from 'node:timers/promises'
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { envelope, members, MESSAGE, wrapper } from '../support/protocols.ts'
import { push } from '../support/push.ts'
import { report } from '../support/report.ts'

const SCORES = [0, -1_000_000, Number.NEGATIVE_INFINITY, Number.NaN, 0]
const PAUSE_MS = 200

const { targets, slanderers } = attackArgs()
let seqno = BigInt(Date.now()) * 1_000n
let said = 0

for (let i = 0; i < Number(slanderers); i++) {
  const attacker = await Attacker.create()

  for (const target of targets) {
    void attacker.insist(target, async () => {
      await attacker.link(target)
      const stream = await attacker.open(target, MESSAGE)

      for (;;) {
        for (const { peerId } of targets) {
          const score = SCORES[said++ % SCORES.length] ?? 0

          await push(
            stream,
            envelope({ wrapper: wrapper(attacker.peerId, members.reputation(peerId, score)), seqno: seqno++ })
          )
          report({ event: 'opened', count: said })
          await delay(PAUSE_MS)
        }
      }
    })
  }
}
