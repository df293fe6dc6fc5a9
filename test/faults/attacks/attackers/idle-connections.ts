/** Connects as ever so many, secures each connection, asks for nothing, and connects again when it is thrown out. */
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { report } from '../support/report.ts'

const { targets, identities } = attackArgs()
let opened = 0

for (let i = 0; i < Number(identities); i++) {
  const attacker = await Attacker.create()

  for (const target of targets) {
    void attacker.insist(target, async () => {
      const connection = await attacker.dial(target)
      report({ event: 'opened', count: ++opened })
      await new Promise((resolve) => connection.addEventListener('close', resolve))
    })
  }
}
