import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import type { Lockfile } from '../../scripts/lockfile.ts'

/** Those that ask for no more than to be named, and so fit into both of the package's own. */
const PERMISSIVE = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'Unlicense'
]

/** For an SPDX expression of names, AND, OR and parentheses around the whole. */
function isPermissive(expression: string): boolean {
  return expression
    .replace(/^\((.*)\)$/, '$1')
    .split(' AND ')
    .every((part) => part.split(' OR ').some((name) => PERMISSIVE.includes(name)))
}

describe('licences', () => {
  it('are told apart', () => {
    for (const expression of ['MIT', '(MIT OR GPL-3.0-only)', 'Apache-2.0 AND MIT']) {
      assert.ok(isPermissive(expression), expression)
    }

    for (const expression of [
      '',
      'GPL-3.0-only',
      'MIT AND AGPL-3.0-or-later',
      'UNLICENSED',
      'SEE LICENSE IN X'
    ]) {
      assert.ok(!isPermissive(expression), expression)
    }
  })

  it('of all that is installed with the package are permissive', () => {
    const text = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')
    const installed = Object.entries((JSON.parse(text) as Lockfile).packages).filter(
      ([path, { dev }]) => path !== '' && dev !== true
    )

    assert.ok(installed.length > 50)
    assert.deepEqual(
      installed
        .filter(([, { license }]) => !isPermissive(license ?? ''))
        .map(([path, { license }]) => `${path}: ${license}`),
      []
    )
  })
})
