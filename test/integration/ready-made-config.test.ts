import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { LanRunner, lanUnavailable } from '../support/lan-runner.ts'
import { CONFIG_DIRECTORY, EXPECTED, scenarios } from './ready-made/scenarios.ts'

const skip = lanUnavailable()

describe('the ready-made configurations, started', { skip }, () => {
  let runner: LanRunner

  before(() => {
    runner = new LanRunner(new URL('ready-made/scenarios.ts', import.meta.url))
  })

  after(async () => {
    await runner.stop()
  })

  it('are all started here', () => {
    assert.deepEqual(readdirSync(CONFIG_DIRECTORY).sort(), Object.keys(EXPECTED).sort())
  })

  for (const { name } of scenarios) {
    it(name, async () => {
      await runner.result(name)
    })
  }
})
