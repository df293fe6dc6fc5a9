import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { innermost } from '../../src/node/errors.ts'
import { errorText } from '../../src/cli/run.ts'
import { causesOf } from '../../src/lib/causes.ts'
import { isDenied, isDialOfSelf } from '../../src/links/errors.ts'

function cyclic(): Error {
  const inner = new Error('inner')
  const outer = new Error('outer', { cause: inner })

  inner.cause = outer

  return outer
}

function cyclicAggregate(): AggregateError {
  const error = new AggregateError([], 'all')

  error.errors.push(error)

  return error
}

describe('the causes of an error', () => {
  it('come after it, with the errors of an aggregate', () => {
    const cause = new Error('cause')
    const first = new Error('first', { cause: new Error('of the first') })
    const all = new AggregateError([first, null, 'text'], 'all', { cause })

    assert.deepEqual(
      causesOf(all).map(({ message }) => message),
      ['all', 'cause', 'first', 'of the first']
    )
    assert.deepEqual(causesOf('text'), [])
  })

  it('come once when they are a cycle', () => {
    assert.equal(causesOf(cyclic()).length, 2)
    assert.equal(causesOf(cyclicAggregate()).length, 1)
  })

  it('are bounded in number', () => {
    let error = new Error('innermost')

    for (let depth = 0; depth < 20_000; depth++) {
      error = new Error('outer', { cause: error })
    }

    assert.equal(causesOf(error).length, 100)
    assert.ok(errorText(error, true).length > 0)
    assert.equal(isDialOfSelf(error), false)
  })

  it('may be a cycle wherever they are looked at', () => {
    for (const error of [cyclic(), cyclicAggregate()]) {
      assert.equal(isDialOfSelf(error), false)
      assert.equal(isDenied(error), false)
      assert.ok(innermost(error).length > 0)
      assert.match(errorText(error, true), /outer|all/)
    }
  })
})
