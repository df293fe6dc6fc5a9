import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { REFERENCE } from '../../scripts/reference/entries/index.ts'
import { REFERENCE_MEMBERS } from '../../scripts/reference/members.ts'
import { Federation } from './federation.ts'
import { connectionsChecks } from './checks/connections.ts'
import { controllerChecks } from './checks/controller.ts'
import { lanChecks } from './checks/lan.ts'
import { lifeCycleChecks } from './checks/life-cycle.ts'
import { messagesChecks } from './checks/messages.ts'
import { restrictionsChecks } from './checks/restrictions.ts'
import { stateChecks } from './checks/state.ts'
import type { EntryName } from '../../scripts/reference/entries/index.ts'
import type { Check } from './check.ts'

const CHECKS: Record<EntryName, Check> = {
  ...lifeCycleChecks,
  ...stateChecks,
  ...messagesChecks,
  ...restrictionsChecks,
  ...lanChecks,
  ...connectionsChecks,
  ...controllerChecks
}

const entries = REFERENCE.flatMap((section) => Object.entries(section.entries))

describe('docs/reference.md', () => {
  it('has each member of the reference once', () => {
    assert.deepEqual(
      entries.flatMap(([, { members }]) => members).sort(),
      Object.keys(REFERENCE_MEMBERS).sort()
    )
  })

  it('has entries that are checked here, each by its own name, and says something of each', () => {
    const names = entries.map(([name]) => name)

    assert.deepEqual(names.toSorted(), Object.keys(CHECKS).sort())
    assert.equal(new Set(names).size, names.length)

    for (const [name, { here, difference }] of entries) {
      assert.ok(here.length > 0 && /^[^|]+[.]$/.test(difference), name)
      assert.doesNotMatch(difference, /missing here|not yet/i, name)
    }
  })
})

describe('what docs/reference.md says, on a running federation', () => {
  let federation: Federation

  before(async () => {
    federation = await Federation.start()
  })

  after(async () => {
    await federation.stop()
  })

  for (const [name, { members, here }] of entries) {
    it(`does what ${members.join(', ')} does`, async () => {
      const uses = await federation.run(CHECKS[name as EntryName])

      for (const place of here) {
        assert.ok(uses.has(place), `${place} is named, and was not used`)
      }
    })
  }
})
