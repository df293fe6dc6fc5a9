import { after, before, describe, it } from 'node:test'
import { LanRunner, lanUnavailable } from '../../support/lan-runner.ts'
import { fullSuite } from '../support/full-suite.ts'
import { scenarios } from './mdns/scenarios.ts'

const skip = lanUnavailable()

if (fullSuite) {
  describe('attacks by announcements on a LAN', { skip }, () => {
    let runner: LanRunner

    before(() => {
      runner = new LanRunner(new URL('mdns/scenarios.ts', import.meta.url))
    })

    after(async () => {
      await runner.stop()
    })

    for (const { name } of scenarios) {
      it(name, async (t) => {
        t.diagnostic(String(await runner.result(name)))
      })
    }
  })
}
