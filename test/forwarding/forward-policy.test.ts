import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { floods, mayForward } from '../../src/forwarding/index.ts'
import { createMessage } from '../../src/messages/create.ts'
import type { ForwardState } from '../../src/forwarding/index.ts'

const state: ForwardState = { proxy: false, centralised: false, hops: 0, maxHops: 4 }
const alive = createMessage('control', 'alive')
const place = createMessage('discovery', 'discover')
const start = createMessage('federation', 'federation_start')
const ready = createMessage('federation', 'federation_ready')
const first = createMessage('model', '', { round: -1 })
const update = createMessage('model', '', { round: 0 })

describe('the rule of forwarding', () => {
  for (const [id, message, change, expected] of [
    ['a plain node keeps a message to itself', alive, {}, false],
    ['a plain node passes on the start of the federation', start, {}, true],
    ['a plain node passes on the first model', first, {}, true],
    ['a plain node keeps an update', update, {}, false],
    ['a plain node keeps other federation messages', ready, {}, false],
    ['a proxy passes on federation messages', ready, { proxy: true }, true],
    ['a proxy passes on updates', update, { proxy: true }, true],
    ['a proxy passes on discovery messages', place, { proxy: true }, true],
    ['a proxy keeps a message about its link to itself', alive, { proxy: true }, false],
    ['a proxy keeps what it does not know', undefined, { proxy: true }, false],
    ['a plain node does so too', undefined, {}, false],
    ['a message may make its last hop', start, { hops: 3 }, true],
    ['a message has made its last hop', start, { hops: 4 }, false],
    ['a proxy heeds the hop limit', ready, { proxy: true, hops: 4 }, false],
    ['a centralised federation passes nothing on', start, { proxy: true, centralised: true }, false]
  ] as const) {
    it(id, () => {
      assert.equal(mayForward(message, { ...state, ...change }), expected)
    })
  }

  it('floods what every node passes on', () => {
    assert.deepEqual([alive, start, ready, first, update].map(floods), [false, true, false, true, false])
  })
})
