import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { CONFIG_KEYS, configReference } from '../../src/config/index.ts'

const ROOT = join(import.meta.dirname, '../..')

describe('the reference of the configuration', () => {
  it('has one row for each key', () => {
    const rows = configReference()
      .split('\n')
      .filter((line) => line.startsWith('| `'))

    assert.equal(rows.length, CONFIG_KEYS.length)

    for (const [index, { path, variable, default: value }] of CONFIG_KEYS.entries()) {
      assert.ok(rows[index]?.startsWith(`| \`${path}\` | \`${variable}\` | `), rows[index])
      assert.ok(rows[index]?.includes(` | \`${JSON.stringify(value)}\` | `), rows[index])
      assert.equal(rows[index]?.match(/(?<!\\)\|/g)?.length, 6)
    }
  })

  it('is what docs/config.md holds', () => {
    execFileSync(process.execPath, [join(ROOT, 'scripts/generate-docs.ts'), '--check'], { stdio: 'pipe' })
  })
})
