import { after, before, describe, it } from 'node:test'
import { LanRunner, lanUnavailable } from '../support/lan-runner.ts'
import { pythonUnavailable } from './zeroconf/python.ts'
import { scenarios } from './zeroconf/scenarios.ts'

const unavailable = lanUnavailable()
const skip = unavailable === false ? pythonUnavailable : unavailable

describe(
  'a resolver that knows nothing of libp2p finds nodes, all of their addresses, and that they have gone',
  {
    skip
  },
  () => {
    let runner: LanRunner

    before(() => {
      runner = new LanRunner(new URL('zeroconf/scenarios.ts', import.meta.url))
    })

    after(async () => {
      await runner.stop()
    })

    for (const { name } of scenarios) {
      it(name, async () => {
        await runner.result(name)
      })
    }
  }
)
