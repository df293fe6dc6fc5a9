/** Links and leaves, over and over, as fast as it goes: `same` as one peer, otherwise each time as another. */
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { report } from '../support/report.ts'

const { targets, same } = attackArgs()
const one = await Attacker.create()
let opened = 0

await Promise.all(
  targets.map(async (target) => {
    for (;;) {
      const attacker = same === true ? one : await Attacker.create()

      attacker.offend(target)

      try {
        await attacker.link(target)
      } catch {
        // it goes on
      }

      await attacker.hangUp(target)
      report({ event: 'opened', count: ++opened })

      if (attacker !== one) {
        await attacker.node.stop()
      }
    }
  })
)
