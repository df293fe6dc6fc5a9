import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TimeoutError } from '@libp2p/interface'
import { dialError } from '../../src/links/errors.ts'

describe('what a failed dial is to a caller', () => {
  it('names the transport’s own error', () => {
    const err = new Error('connect ECONNREFUSED 127.0.0.1:1')
    const got = dialError(err) as Error

    assert.equal(got.name, 'DialError')
    assert.equal(got.message, 'connect ECONNREFUSED 127.0.0.1:1')
    assert.equal(got.cause, err)
  })

  it('gathers the errors of several addresses, each once', () => {
    const err = new AggregateError(
      [new Error('a'), new Error('b'), new Error('a')],
      'All multiaddr dials failed'
    )
    const got = dialError(err) as Error

    assert.equal(got.name, 'DialError')
    assert.equal(got.message, 'a; b')
  })

  it('leaves an error with a name of its own as it is', () => {
    const err = new TimeoutError('too slow')

    assert.equal(dialError(err), err)
    assert.equal(dialError('text'), 'text')
  })
})
