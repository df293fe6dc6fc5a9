import { randomInt } from 'node:crypto'
import { untilOpened } from '../attacks/support/newcomer.ts'
import { describeAttacks } from '../attacks/support/describe-attacks.ts'

const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31))
const STREAMS = 500

describeAttacks(
  'mutated bytes on live streams',
  [
    {
      name: `${STREAMS} streams of any protocol, FUZZ_SEED=${seed}`,
      attacker: 'mutator',
      args: () => ({ seed }),
      shutOutMs: null,
      meanwhile: async (context) => untilOpened(context, STREAMS, 120_000)
    }
  ],
  {
    config: {
      links: { handshakeTimeout: 2_000 },
      messages: { frameTimeout: 2_000 },
      models: { answerTimeout: 2_000, stallTimeout: 2_000, modelTtl: 5_000 }
    }
  }
)
