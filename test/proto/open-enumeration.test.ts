import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { writer } from 'protons-runtime'
import { nebula_handshake as handshake } from '../../proto/handshake.js'
import { nebula_model as model } from '../../proto/model.js'
import { nebula_proxy as proxy } from '../../proto/proxy.js'
import { decodeFrame } from '../../protocols/handshake/codec.ts'

/** A message whose field of the number 1 to 15 is the enum's number. */
function withEnum(field: number, number: number): Uint8Array {
  return writer()
    .uint32(field * 8)
    .int32(number)
    .finish()
}

describe('an enum that later versions may add to', () => {
  it('is read as UNSPECIFIED where the number is not known, and as what it is elsewhere', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: -2, max: 40 }), fc.integer()), (number) => {
        const read = [
          handshake.Goodbye.decode(withEnum(1, number)).reason,
          model.Cancel.decode(withEnum(1, number)).reason,
          proxy.Answer.decode(withEnum(1, number)).status
        ]
        const known = [
          Object.keys(handshake.Reason)[number],
          Object.keys(model.Reason)[number],
          Object.keys(proxy.Status)[number]
        ]

        assert.deepEqual(
          read,
          known.map((name) => (name == null || name === 'codec' ? 'UNSPECIFIED' : name))
        )
      })
    )
  })

  it('leaves the rest of the frame as it is', () => {
    const refusal = withEnum(2, 99)
    const status = withEnum(1, 3)
    const welcome = writer()
      .uint32(2 * 8 + 2)
      .bytes(Uint8Array.from([...status, ...refusal]))
      .finish()

    assert.deepEqual(decodeFrame(welcome), {
      type: 'welcome',
      status: 'CLOSE',
      reason: 'UNSPECIFIED',
      attempt: 0n,
      direct: false
    })
  })
})
