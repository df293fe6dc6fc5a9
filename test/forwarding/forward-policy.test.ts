import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { floods, forwardedTypes, mayForward } from '../../src/forwarding/index.ts'
import { createMessage } from '../../src/messages/create.ts'
import type { ForwardState } from '../../src/forwarding/index.ts'

const state: ForwardState = {
  proxy: false,
  types: forwardedTypes(),
  centralised: false,
  hops: 0,
  maxHops: 4
}
const alive = createMessage('control', 'alive')
const place = createMessage('discovery', 'discover')
const start = createMessage('federation', 'federation_start')
const ready = createMessage('federation', 'federation_ready')
const first = createMessage('model', '', { round: -1 })
const update = createMessage('model', '', { round: 0 })
const response = createMessage('response')
const listed = forwardedTypes(['response'])

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
    ['a proxy passes on a type of its list', response, { proxy: true, types: listed }, true],
    ['a proxy keeps a type that is not in its list', ready, { proxy: true, types: listed }, false],
    [
      'a proxy passes on what every node does, whatever its list',
      start,
      { proxy: true, types: listed },
      true
    ],
    ['the list is for proxies', response, { types: listed }, false],
    ['a centralised federation passes nothing on', start, { proxy: true, centralised: true }, false]
  ] as const) {
    it(id, () => {
      assert.equal(mayForward(message, { ...state, ...change }), expected)
    })
  }

  it('takes no list with messages that are for their link, or that there are not', () => {
    for (const [type, why] of [
      ['control', /forwarding.types: control messages are about the link that they come over/],
      ['connection', /never passed on/],
      ['nonsense', /no messages of type "nonsense"/]
    ] as const) {
      assert.throws(() => forwardedTypes(['federation', type as 'model']), {
        name: 'InvalidParametersError',
        message: why
      })
    }
  })

  it('floods what every node passes on', () => {
    assert.deepEqual([alive, start, ready, first, update].map(floods), [false, true, false, true, false])
  })
})
