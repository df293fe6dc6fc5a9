import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { CONFIG_KEYS, loadConfig, parseConfig, printConfig } from '../../src/config/index.ts'
import { setValue } from '../../src/config/paths.ts'
import { valuesOf, withFile } from './support.ts'

describe('a printed configuration', () => {
  it('loads back to the same configuration', () => {
    fc.assert(
      fc.property(fc.tuple(...CONFIG_KEYS.map(valuesOf)), (values) => {
        const input = {}
        CONFIG_KEYS.forEach(({ parts }, index) => setValue(input, parts, values[index]))
        const config = parseConfig(input)

        assert.deepEqual(
          withFile(printConfig(config), (file) => loadConfig({ file, env: {} })),
          config
        )
      }),
      { numRuns: 50 }
    )
  })

  it('loads back whatever the name of the directory', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (name) => {
        const config = parseConfig({ dataDir: `/${name.replaceAll('\0', '')}` })

        assert.deepEqual(
          withFile(printConfig(config), (file) => loadConfig({ file, env: {} })),
          config
        )
      })
    )
  })

  it('has the meaning of each key above it', () => {
    const lines = printConfig(parseConfig({})).split('\n')

    for (const { parts, description } of CONFIG_KEYS) {
      const indent = '  '.repeat(parts.length - 1)
      const index = lines.indexOf(`${indent}# ${description}`)

      assert.notEqual(index, -1, description)
      assert.ok(lines[index + 1]?.startsWith(`${indent}${parts.at(-1)}:`), lines[index + 1])
    }
  })

  it('repeats a list that two keys share', () => {
    const shared = ['/dns4/a/tcp/1']
    const config = { ...parseConfig({}), dial: shared, direct: shared }

    assert.doesNotMatch(printConfig(config), /[&*]\w/)
  })
})
