import { after, before, describe, it } from 'node:test'
import { Federation } from '../../support/federation.ts'
import { fullSuite } from '../../support/full-suite.ts'
import { runAttack } from './run-attack.ts'
import type { Attack } from './attack.ts'
import type { FederationInit } from '../../support/federation.ts'

/** One test for each attack, all on the same federation; in the short cut, for those of it. */
export function describeAttacks(name: string, attacks: Attack[], init: FederationInit = {}): void {
  const chosen = attacks.filter(({ cut }) => fullSuite || cut === true)

  if (chosen.length === 0) {
    return
  }

  describe(name, () => {
    let federation: Federation | undefined

    before(async () => {
      federation = await Federation.start(init)
    })

    after(async () => {
      await federation?.stop()
    })

    for (const attack of chosen) {
      it(attack.name, async (t) => {
        if (federation == null) {
          throw new Error('There is no federation')
        }

        t.diagnostic(await runAttack(federation, attack))
      })
    }
  })
}
