import { untilOpened } from './support/newcomer.ts'
import { describeAttacks } from './support/describe-attacks.ts'

describeAttacks('attacks on reputation', [
  {
    name: 'slander by two of seven',
    attacker: 'slander',
    args: () => ({ slanderers: 2 }),
    shutOutMs: null,
    check: async (context) => untilOpened(context, 200)
  }
])
