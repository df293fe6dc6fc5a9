import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { errorResponse } from '../../src/http/error-response.ts'

describe('control API: what a client gets to know of an error', () => {
  const cases: Array<[string, number]> = [
    ['InvalidMessageError', 400],
    ['NotLinkedError', 404],
    ['HandshakeError', 409],
    ['MessageTooLargeError', 413],
    ['DialError', 502],
    ['NotStartedError', 503],
    ['HandshakeTimeoutError', 504],
    ['TypeError', 500]
  ]

  for (const [name, status] of cases) {
    it(`answers ${status} to a ${name}`, () => {
      const error = Object.assign(new Error('why', { cause: new Error('secret') }), { name })
      const answer = errorResponse(error)

      assert.deepEqual(answer, { status, body: { error: { name, message: 'why' } } })
    })
  }

  it('passes on a reason that is text, and nothing else', () => {
    const error = Object.assign(new Error('why'), { reason: 'SELF', code: 'X', stack: 'at secret' })

    assert.deepEqual(errorResponse(error).body, { error: { name: 'Error', message: 'why', reason: 'SELF' } })
    assert.equal(errorResponse(Object.assign(new Error('why'), { reason: 5 })).body.error.reason, undefined)
  })

  it('says what failed also of what is no error, or has no message', () => {
    assert.deepEqual(errorResponse('no disk'), {
      status: 500,
      body: { error: { name: 'ForeignError', message: 'Thrown: no disk' } }
    })
    assert.match(errorResponse(new Event('error')).body.error.message, /^Thrown: Event without a message$/)
    assert.match(
      errorResponse(new DOMException('The operation was aborted due to timeout', 'TimeoutError')).body.error
        .message,
      /longer than the control API waits/
    )
    assert.match(errorResponse(new TypeError()).body.error.message, /TypeError without a message/)
  })
})
