import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { createMessage } from '../../src/messages/index.ts'
import { decodeOffer, encodeOffer, isModelMessage, modelOf } from '../../src/models/model-message.ts'

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
// protobuf leaves out a zero, and with it its sign
const float = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)

describe('model messages', () => {
  it('are those that carry parameters', () => {
    assert.equal(isModelMessage(createMessage('model')), true)
    assert.equal(isModelMessage(createMessage('offer', 'offer_model')), true)
    assert.equal(isModelMessage(createMessage('offer', 'offer_metric')), false)
    assert.equal(isModelMessage(createMessage('control', 'alive')), false)
  })

  it('keep their round and weight', () => {
    const parameters = new Uint8Array([0, 0, 0, 1])

    assert.deepEqual(modelOf(createMessage('model', '', { parameters, round: 4, weight: 7n })), {
      payload: parameters,
      round: 4,
      weight: 7n
    })
  })

  it('keep every field of an offer', () => {
    const offers = fc.record({ nNeighbors: float, loss: float, rounds: int32, round: int32, epochs: int32 })

    fc.assert(
      fc.property(offers, (fields) => {
        assert.deepEqual(decodeOffer(encodeOffer(fields)), { ...fields })
      })
    )
  })

  it('that are not what their type says are refused', () => {
    const message = createMessage('model', '', { round: 1 })

    assert.throws(() => modelOf({ ...message, fields: { ...message.fields, round: 0.5 } }), {
      name: 'InvalidMessageError'
    })
    assert.throws(() => decodeOffer(new Uint8Array([255])), { name: 'MalformedMessageError' })
  })
})
