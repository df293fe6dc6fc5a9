import { malformations } from './support/malformations.ts'
import { describeAttacks } from './support/describe-attacks.ts'
import { fullSuite } from '../support/full-suite.ts'

const count = fullSuite ? malformations.length : 8

describeAttacks('attacks by frames', [
  {
    name: `malformed and oversize frames of all protocols, of ${count} kinds`,
    attacker: 'malformed',
    args: () => ({ only: count }),
    identities: count,
    shutOutMs: 10_000,
    cut: true
  }
])
