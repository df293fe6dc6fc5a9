import { after, before, describe, it } from 'node:test'
import { Federation } from '../../support/federation.ts'
import { fullSuite } from '../../support/full-suite.ts'
import { runAttack } from './run-attack.ts'
import { timersOf, untilTimersAreGone } from './timers.ts'
import type { Attack } from './attack.ts'
import type { ConfigInput } from '../../../../src/config/index.ts'
import type { FederationInit } from '../../support/federation.ts'

/**
 * One test for each attack, all on the same federation; in the short cut, for
 * those of it. Where all run, a last one sees that they have left no timer
 * behind, which takes a minute: rates are counted for so long.
 */
export function describeAttacks(name: string, attacks: Attack[], init: FederationInit = {}): void {
  const chosen = attacks.filter(({ cut }) => fullSuite || cut === true)

  if (chosen.length === 0) {
    return
  }

  describe(name, () => {
    let federation: Federation | undefined
    let timersBefore: number[] = []

    before(async () => {
      federation = await Federation.start({ ...init, config: withoutRedials(init.config) })
      timersBefore = await timersOf(federation)
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

    if (fullSuite) {
      it('no timer is left behind', async () => {
        if (federation == null) {
          throw new Error('There is no federation')
        }

        await untilTimersAreGone(federation, timersBefore)
      })
    }
  })
}

/** An attacker that was a neighbour and is gone would be dialled for hours, each time with a timer. */
function withoutRedials(config: FederationInit['config'] = {}): FederationInit['config'] {
  const without = (given: ConfigInput): ConfigInput => ({
    ...given,
    links: { ...given.links, redialRounds: 0 }
  })

  return typeof config === 'function' ? (index) => without(config(index)) : without(config)
}
