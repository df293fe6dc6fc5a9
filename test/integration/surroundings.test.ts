import { after, before, describe, it } from 'node:test'
import { LanRunner, lanUnavailable } from '../support/lan-runner.ts'
import { scenarios } from './surroundings/scenarios.ts'

const skip = lanUnavailable()

describe('nodes started with config/lan.yaml, in the surroundings of users', { skip }, () => {
  let runner: LanRunner

  before(() => {
    runner = new LanRunner(new URL('surroundings/scenarios.ts', import.meta.url))
  })

  after(async () => {
    await runner.stop()
  })

  for (const { name } of scenarios) {
    it(name, async (t) => {
      const tookMs = await runner.result(name)

      if (typeof tookMs === 'number') {
        t.diagnostic(`linked ${tookMs} ms after the last was ready`)
      }
    })
  }
})
