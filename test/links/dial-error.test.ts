import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DialError, TimeoutError } from '@libp2p/interface'
import { dialError } from '../../src/links/errors.ts'

/** That of the WebSocket of Node.js, which has no such global. */
class ErrorEvent extends Event {
  readonly message: string
  readonly error: unknown

  constructor(type: string, { message = '', error }: { message?: string; error?: unknown }) {
    super(type)
    this.message = message
    this.error = error
  }
}

describe('what a failed dial is to a caller', () => {
  it('names the transport’s own error', () => {
    const err = new Error('connect ECONNREFUSED 127.0.0.1:1')
    const got = dialError(err)

    assert.equal(got.name, 'DialError')
    assert.equal(got.message, 'connect ECONNREFUSED 127.0.0.1:1')
    assert.equal(got.cause, err)
  })

  it('gathers the errors of several addresses, each once', () => {
    const err = new AggregateError(
      [new Error('a'), new Error('b'), new Error('a')],
      'All multiaddr dials failed'
    )
    const got = dialError(err)

    assert.equal(got.name, 'DialError')
    assert.equal(got.message, 'a; b')
  })

  it('leaves an error with a name of its own as it is', () => {
    const err = new TimeoutError('too slow')

    assert.equal(dialError(err), err)
  })

  for (const [what, thrown, message] of [
    ['the event of a WebSocket', new ErrorEvent('error', { error: new TypeError() }), /no WebSocket server/],
    ['an event with a message', new ErrorEvent('error', { message: 'refused' }), /^refused$/],
    ['an event about an error', new ErrorEvent('error', { error: new Error('refused') }), /^refused$/],
    ['a text', 'refused', /refused/],
    ['nothing', undefined, /undefined/],
    ['an error without a message', new TypeError(), /^TypeError$/],
    [
      'several, of which one is an event',
      new AggregateError([new Error('a'), new Event('error')]),
      /^a; Thrown: Event/
    ]
  ] as const) {
    it(`is a DialError for ${what}`, () => {
      const got = dialError(thrown)

      assert.ok(got instanceof DialError)
      assert.match(got.message, message)
      assert.equal(got.cause, thrown)
    })
  }
})
