import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RelayPolicy } from '../../src/models/relay-policy.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import type { RelayPolicyInit } from '../../src/models/relay-policy.ts'

describe('relay policy', () => {
  it('passes on the first model, and models on a proxy, but nothing where a server is everybody’s neighbour', () => {
    const first = { kind: 'model', round: -1 } as const
    const update = { kind: 'model', round: 0 } as const
    const offer = { kind: 'offer', round: -1 } as const
    const allowed = (init: RelayPolicyInit): boolean[] =>
      [first, update, offer].map((model) => new RelayPolicy(init).allows(model))

    assert.deepEqual(allowed({ proxy: false }), [true, false, false])
    assert.deepEqual(allowed({ proxy: true }), [true, true, false])
    assert.deepEqual(allowed({ proxy: true, forwardedTypes: ['offer'] }), [true, false, true])
    assert.deepEqual(allowed({ proxy: true, forwardedTypes: [] }), [true, false, false])
    assert.deepEqual(allowed({ proxy: false, forwardedTypes: ['model', 'offer'] }), [true, false, false])
    assert.deepEqual(allowed({ proxy: false, centralised: true }), [false, false, false])
    assert.deepEqual(allowed({ proxy: true, centralised: true }), [false, false, false])
  })

  it('passes on so many models of an origin in a minute, and no more', async () => {
    const policy = new RelayPolicy({ proxy: true, maxRelaysPerMinute: 2 })
    const [a, b] = await Promise.all([createPeerId(), createPeerId()])

    assert.deepEqual(
      [policy.take(a), policy.take(a), policy.take(a), policy.take(b)],
      [true, true, false, true]
    )
  })
})
