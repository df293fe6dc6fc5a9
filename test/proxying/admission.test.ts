import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Admission } from '../../src/proxying/admission.ts'
import { createPeerId } from '../support/create-peer-id.ts'

const [a, b] = await Promise.all([createPeerId(), createPeerId()])

describe('who may ask a proxy how much', () => {
  it('lets a client have so many requests at once, each of the others as many', () => {
    const admission = new Admission({ maxRequestsPerClient: 2 })
    const leave = admission.enter(a)

    assert.notEqual(leave, undefined)
    assert.notEqual(admission.enter(a), undefined)
    assert.equal(admission.enter(a), undefined)
    assert.notEqual(admission.enter(b), undefined)
    leave?.()
    assert.notEqual(admission.enter(a), undefined)
    assert.equal(admission.enter(a), undefined)
  })

  it('lets all together have so many', () => {
    const admission = new Admission({ maxRequests: 2 })
    const leave = admission.enter(a)

    assert.notEqual(admission.enter(b), undefined)
    assert.equal(admission.enter(b), undefined)
    assert.equal(admission.requests, 2)
    leave?.()
    assert.equal(admission.requests, 1)
    assert.notEqual(admission.enter(b), undefined)
  })

  it('lets a client begin so many in a second', () => {
    const admission = new Admission({ maxRequestsPerSecond: 3 })

    for (let i = 0; i < 3; i++) {
      admission.enter(a)?.()
    }

    assert.equal(admission.enter(a), undefined)
    assert.notEqual(admission.enter(b), undefined)
    assert.equal(admission.requests, 1)
  })

  it('lets a client send so many bytes in a second', () => {
    const admission = new Admission({ maxBytesPerSecond: 100 })

    assert.equal(admission.takeBytes(a, 60), true)
    assert.equal(admission.takeBytes(a, 40), true)
    assert.equal(admission.takeBytes(a, 1), false)
    assert.equal(admission.takeBytes(b, 100), true)
  })
})
