import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MAX_MEMBERS_TOLD, MAX_MEMBERS_TOLD_PER_HOST } from '../../src/discovery/constants.ts'
import { MembersNotJoined } from '../../src/discovery/members-not-joined.ts'

describe('the warnings of members that cannot be joined', () => {
  function setUp() {
    const active = new Set<string>()
    const members = new MembersNotJoined({
      raise: ({ subject }) => void active.add(subject ?? 'rest'),
      end: (_code, subject) => void active.delete(subject ?? 'rest')
    })

    return { active, members }
  }

  it('are bounded for each host, and the rest is one', () => {
    const { active, members } = setUp()

    for (let i = 0; i < 1_000; i++) {
      members.raise(`made up ${i}`, '10.0.0.9', new Error('nobody there'))
    }

    members.raise('real', '10.0.0.1', new Error('other federation'))
    assert.equal(active.size, MAX_MEMBERS_TOLD_PER_HOST + 2)
    assert.ok(active.has('real') && active.has('rest'))

    for (let i = 0; i < 1_000; i++) {
      members.end(`made up ${i}`)
    }

    assert.deepEqual([...active], ['real'])
  })

  it('are bounded for all hosts', () => {
    const { active, members } = setUp()

    for (let i = 0; i < 100; i++) {
      members.raise(`m${i}`, `10.0.0.${i}`, new Error('nobody there'))
    }

    assert.equal(active.size, MAX_MEMBERS_TOLD + 1)
  })
})
