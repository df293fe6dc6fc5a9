import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { CONFIG_KEYS, loadConfig, parseConfig } from '../../src/config/index.ts'
import { FILE_VARIABLE } from '../../src/config/layers.ts'
import { setValue } from '../../src/config/paths.ts'
import { asText, linesOf, valuesOf, withFile } from './support.ts'
import type { ConfigPath, FlagValue } from '../../src/config/index.ts'

const HOME = { HOME: '/home/me' }

describe('the place a value comes from', () => {
  it('is the first of flag, variable, file and default that has it', () => {
    const assignment = fc.tuple(
      ...CONFIG_KEYS.map((key) =>
        fc.record({ file: valuesOf(key), variable: valuesOf(key), flag: valuesOf(key) }, { requiredKeys: [] })
      )
    )

    fc.assert(
      fc.property(assignment, (places) => {
        const input = {}
        const env: Record<string, string> = { ...HOME }
        const flags: FlagValue[] = []
        const expected = parseConfig({ dataDir: '/home/me/.local/share/nebula' })

        for (const [index, { path, parts, variable }] of CONFIG_KEYS.entries()) {
          const place = places[index] ?? {}

          if (Object.hasOwn(place, 'file')) {
            setValue(input, parts, place.file)
          }

          if (Object.hasOwn(place, 'variable')) {
            env[variable] = asText(place.variable)
          }

          if (Object.hasOwn(place, 'flag')) {
            flags.push({ flag: `--${path}`, path, value: asText(place.flag) })
          }

          const last = (['flag', 'variable', 'file'] as const).find((name) => Object.hasOwn(place, name))

          if (last != null) {
            setValue(expected, parts, place[last])
          }
        }

        const config = withFile(JSON.stringify(input), (file) => loadConfig({ file, env, flags }))

        assert.deepEqual(config, expected)
      }),
      { numRuns: 50 }
    )
  })

  it('replaces a list, and joins none', () => {
    withFile('roles: [a, b]', (file) => {
      assert.deepEqual(loadConfig({ file, env: {} }).roles, ['a', 'b'])
      assert.deepEqual(loadConfig({ file, env: { NEBULA_ROLES: 'c' } }).roles, ['c'])
      assert.deepEqual(
        loadConfig({ file, env: {}, flags: [{ flag: '--role', path: 'roles', value: ['d', 'e'] }] }).roles,
        ['d', 'e']
      )
    })
  })

  it('passes over a flag that is not given', () => {
    assert.equal(
      loadConfig({ env: {}, flags: [{ flag: '--proxy', path: 'proxy', value: undefined }] }).proxy,
      false
    )
  })

  it('takes the file of the variable when the caller names none', () => {
    withFile('federation: one', (one) =>
      withFile('federation: two', (two) => {
        assert.equal(loadConfig({ env: { [FILE_VARIABLE]: one } }).federation, 'one')
        assert.equal(loadConfig({ file: two, env: { [FILE_VARIABLE]: one } }).federation, 'two')
        assert.equal(loadConfig({ env: { [FILE_VARIABLE]: '' } }).federation, 'nebula')
      })
    )
  })

  it('is the place for data of the user, for the command', () => {
    const dataDir = (env: Record<string, string>): string | null => loadConfig({ env }).dataDir

    assert.equal(dataDir(HOME), '/home/me/.local/share/nebula')
    assert.equal(dataDir({ ...HOME, XDG_DATA_HOME: '/data' }), '/data/nebula')
    assert.equal(dataDir({ ...HOME, XDG_DATA_HOME: 'data' }), '/home/me/.local/share/nebula')
    assert.equal(dataDir({ ...HOME, NEBULA_DATA_DIR: 'none' }), null)
    assert.equal(
      withFile('dataDir: null', (file) => loadConfig({ file, env: HOME }).dataDir),
      null
    )
  })
})

describe('the errors of loading', () => {
  it('name every place, key and value, one line each', () => {
    const lines = withFile('federaton: lab\nlinks:\n  maxLinks: many\n', (file) =>
      linesOf(() =>
        loadConfig({
          file,
          env: { NEBULA_PROXY: 'maybe' },
          flags: [
            { flag: '--http', path: 'http.port', value: 'x' },
            { flag: '--listen', path: 'listen', value: ['/ip4/127.0.0.1/tcp/0', 'here'] }
          ]
        })
      ).map((line) => line.replace(file, 'FILE'))
    )

    assert.deepEqual(lines, [
      'FILE: links.maxLinks: expected a whole number from 1 to 1000000, got "many"',
      'FILE: unknown key "federaton"; did you mean "federation"?',
      'NEBULA_PROXY: proxy: expected true or false, got "maybe"',
      '--listen: listen[1]: expected a multiaddr to listen on: /ip4/.../tcp/PORT, /ip4/.../tcp/PORT/ws (or ip6), /p2p-circuit, or a relay followed by /p2p-circuit, got "here"',
      '--http: http.port: expected a whole number from 0 to 65535, got "x"'
    ])
  })

  it('name what is wrong even where a flag overrides it', () => {
    const lines = withFile('proxy: 1', (file) =>
      linesOf(() => loadConfig({ file, env: {}, flags: [{ flag: '--proxy', path: 'proxy', value: true }] }))
    )

    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /: proxy: expected true or false, got 1$/)
  })

  it('name the place of the key that breaks a relation between two places', () => {
    const lines = withFile('mdns: { maxInterval: 1m }', (file) =>
      linesOf(() => loadConfig({ file, env: { NEBULA_MDNS_INTERVAL: '2m' } })).map((line) =>
        line.replace(file, 'FILE')
      )
    )

    assert.deepEqual(lines, [
      'FILE: mdns.maxInterval: expected at least mdns.interval (120000), the interval only grows, got 60000'
    ])
  })

  it('do not include a flag for a key that does not exist, which is a mistake of the program', () => {
    const flags = [{ flag: '--x', path: 'links.max' as ConfigPath, value: 1 }]

    assert.throws(() => loadConfig({ env: {}, flags }), TypeError)
  })
})
