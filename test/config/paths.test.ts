import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatPath, setValue, valueAt } from '../../src/config/paths.ts'

describe('paths', () => {
  it('lead to own properties only', () => {
    assert.equal(valueAt({ a: { b: [1, 2] } }, ['a', 'b', 1]), 2)
    assert.equal(valueAt({ a: 'text' }, ['a', 'length']), undefined)
    assert.equal(valueAt({}, ['toString']), undefined)
    assert.equal(valueAt({}, ['__proto__', 'toString']), undefined)
    assert.equal(valueAt(null, ['a']), undefined)
  })

  it('are set beside what is there', () => {
    const root = { a: { b: 1 } }
    setValue(root, ['a', 'c'], 2)
    setValue(root, ['d', 'e', 'f'], 3)

    assert.deepEqual(root, { a: { b: 1, c: 2 }, d: { e: { f: 3 } } })
  })

  it('are written as in JavaScript', () => {
    assert.equal(formatPath([]), '')
    assert.equal(formatPath(['listen', 0]), 'listen[0]')
    assert.equal(formatPath(['links', 'maxLinks']), 'links.maxLinks')
  })
})
