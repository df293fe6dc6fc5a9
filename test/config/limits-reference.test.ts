import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CONFIG_KEYS, isLimit, LIMIT_REASONS, limitsReference } from '../../src/config/index.ts'

describe('the table of the limits', () => {
  it('has every key that is a limit, with its default and a reason', () => {
    const limits = CONFIG_KEYS.filter(({ path }) => isLimit(path))
    const rows = limitsReference()
      .split('\n')
      .filter((line) => line.startsWith('| `'))

    assert.ok(limits.length > 80)
    assert.equal(rows.length, limits.length)

    for (const [index, { path, description }] of limits.entries()) {
      assert.ok(rows[index]?.startsWith(`| \`${path}\` | `), rows[index])
      assert.ok(rows[index]?.includes(description), rows[index])
      assert.match(LIMIT_REASONS[path] ?? '', /^[^ ].*\.$/, `why ${path} is what it is`)
    }
  })

  it('gives a reason for nothing else', () => {
    const paths = new Set<string>(CONFIG_KEYS.map(({ path }) => path).filter(isLimit))

    assert.deepEqual(
      Object.keys(LIMIT_REASONS).filter((path) => !paths.has(path)),
      []
    )
  })

  it('shows defaults in units', () => {
    const text = limitsReference()

    assert.match(text, /\| `links\.silenceTimeout` \| 2 min \|/)
    assert.match(text, /\| `limits\.maxBufferedBytes` \| 256 MiB \|/)
    assert.match(text, /\| `links\.maxLinks` \| 1,000 \|/)
  })
})
