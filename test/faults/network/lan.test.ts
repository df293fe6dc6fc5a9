/** A federation of real processes on a LAN that is disturbed, and on disks that fail. */
import { after, before, describe, it } from 'node:test'
import { LanRunner } from '../../support/lan-runner.ts'
import { conditionsUnavailable } from './support/conditions.ts'
import { scenarios } from './lan/scenarios.ts'

const skip = conditionsUnavailable()

describe('faults of a LAN', { skip }, () => {
  let runner: LanRunner

  before(() => {
    runner = new LanRunner(new URL('lan/scenarios.ts', import.meta.url))
  })

  after(async () => {
    await runner.stop()
  })

  for (const { name } of scenarios) {
    it(name, async (t) => {
      t.diagnostic(JSON.stringify(await runner.result(name)))
    })
  }
})
