/** Neighbours of everybody who tell each to link with the others, and then to part from them. */
import { setTimeout as delay } from 'node:timers/promises'
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { envelope, members, MESSAGE, wrapper } from '../support/protocols.ts'
import { push } from '../support/push.ts'
import { report } from '../support/report.ts'

/** As often as link messages of one peer are followed. */
const PAUSE_MS = 12_000

const { targets, severers } = attackArgs()
let seqno = BigInt(Date.now()) * 1_000n
let said = 0

for (let i = 0; i < Number(severers); i++) {
  const attacker = await Attacker.create()

  for (const target of targets) {
    const others = targets.filter(({ peerId }) => peerId !== target.peerId)
    const orders = [
      members.disconnectFrom(others.map(({ peerId }) => peerId).join(' ')),
      members.connectTo(others.map(({ addr }) => addr).join(' ')),
      members.disconnectFrom(others.map(({ addr }) => addr).join(' '))
    ]

    void attacker.insist(target, async () => {
      await attacker.link(target)
      const stream = await attacker.open(target, MESSAGE)

      for (;;) {
        for (const order of orders) {
          await push(stream, envelope({ wrapper: wrapper(attacker.peerId, order), seqno: seqno++ }))
          report({ event: 'opened', count: ++said })
        }

        await delay(PAUSE_MS)
      }
    })
  }
}
