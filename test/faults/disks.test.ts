/** Nodes on disks that are full, read only, or do not answer. */
import { after, before, describe, it } from 'node:test'
import { LanRunner, lanUnavailable } from '../support/lan-runner.ts'
import { scenarios } from './disks/scenarios.ts'

const skip = lanUnavailable()

describe('faults of a disk', { skip }, () => {
  let runner: LanRunner

  before(() => {
    runner = new LanRunner(new URL('disks/scenarios.ts', import.meta.url))
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
