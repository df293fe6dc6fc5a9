import assert from 'node:assert/strict'
import { untilOpened } from './support/newcomer.ts'
import { describeAttacks } from './support/describe-attacks.ts'
import type { AttackContext } from './support/attack.ts'

describeAttacks('attacks on reputation', [
  {
    name: 'slander by two of seven',
    attacker: 'slander',
    args: () => ({ slanderers: 2 }),
    shutOutMs: null,
    check: async (context) => {
      await untilOpened(context, 200)
      await honestAreGood(context)
    }
  }
])

async function honestAreGood({ federation }: AttackContext): Promise<void> {
  for (const node of federation.nodes) {
    for (const peer of federation.neighboursOf(node)) {
      const { state, score, terms } = await node.call('score', { peer })

      assert.equal(state, 'good', `${node.label} holds an honest node at ${score}: ${JSON.stringify(terms)}`)
    }
  }
}
