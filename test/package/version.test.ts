import assert from 'node:assert/strict'
import { it } from 'node:test'
import packageJson from '../../package.json' with { type: 'json' }
import { VERSION } from '../../src/version.ts'

it('the version in the code is that of the package', () => {
  assert.equal(VERSION, packageJson.version)
})
