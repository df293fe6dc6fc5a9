import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'

const REPORTER = join(import.meta.dirname, 'skip-reporter.ts')

const SKIPPED = `
  import { describe, it } from 'node:test'
  describe('a suite', { skip: 'no network' }, () => {})
  it('a test', (t) => t.skip('no reason'))
  it('another', { skip: false }, () => {})
`
const NOT_SKIPPED = `
  import { it } from 'node:test'
  it('a test', { skip: undefined }, () => {})
`

function run(text: string, ci: string): { status: number | null; stdout: string } {
  const dir = mkdtempSync(join(tmpdir(), 'nebula-skip-'))
  const file = join(dir, 'some.test.mjs')
  const { NODE_TEST_CONTEXT: _, ...env } = process.env

  try {
    writeFileSync(file, text)

    return spawnSync(process.execPath, ['--test', `--test-reporter=${REPORTER}`, file], {
      env: { ...env, CI: ci },
      encoding: 'utf8'
    })
  } finally {
    rmSync(dir, { recursive: true })
  }
}

it('a skipped test fails the run under CI, and only there', () => {
  const { status, stdout } = run(SKIPPED, 'true')

  assert.equal(status, 1)
  assert.match(stdout, /^ {2}a suite \(no network\)\n {2}a test \(no reason\)\n$/m)
  assert.equal(run(SKIPPED, '').status, 0)
  assert.equal(run(NOT_SKIPPED, 'true').status, 0)
})
