import { after, before, describe, it } from 'node:test'
import { LanRunner, lanUnavailable } from '../support/lan-runner.ts'
import { scenarios } from './lan/scenarios.ts'

const skip = lanUnavailable()

describe('on a LAN', { skip }, () => {
  let runner: LanRunner

  before(() => {
    runner = new LanRunner(new URL('lan/scenarios.ts', import.meta.url))
  })

  after(async () => {
    await runner.stop()
  })

  for (const { name } of scenarios) {
    it(name, async () => {
      await runner.result(name)
    })
  }
})
