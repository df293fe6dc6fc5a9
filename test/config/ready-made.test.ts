import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { loadConfig } from '../../src/config/index.ts'
import { withFile } from './support.ts'
import type { Config } from '../../src/config/index.ts'

const DIRECTORY = join(import.meta.dirname, '../../config')

const EXPECTED: Record<string, (config: Config) => void> = {
  'lan.yaml': ({ mdns, joining }) => {
    assert.equal(mdns.enabled, true)
    assert.equal(joining.auto && joining.direct, true)
  },
  'proxy.yaml': ({ proxy, relay, listen }) => {
    assert.equal(proxy, true)
    assert.equal(relay.server, true)
    assert.ok(listen.every((address) => !address.includes('/tcp/0')))
  },
  'bootstrap.yaml': ({ mdns, listen }) => {
    assert.equal(mdns.enabled, false)
    assert.equal(listen.length, 1)
  },
  'websocket.yaml': ({ transports, listen }) => {
    assert.deepEqual(transports, ['websocket'])
    assert.ok(listen.every((address) => address.endsWith('/ws')))
  }
}

describe('the ready-made configurations', () => {
  it('are all listed here', () => {
    assert.deepEqual(readdirSync(DIRECTORY).sort(), Object.keys(EXPECTED).sort())
  })

  for (const [name, check] of Object.entries(EXPECTED)) {
    it(`${name} loads and is what its name says`, () => {
      check(loadConfig({ file: join(DIRECTORY, name), env: {} }))
    })

    it(`${name} has good examples in its comments`, () => {
      const text = readFileSync(join(DIRECTORY, name), 'utf8')
      const uncommented = text
        .replaceAll(/^(\w+): \[\]\n(?=#  - )/gm, '$1:\n')
        .replaceAll(/^#( {1,3}- \/|\s?\w+:$)/gm, (_, rest: string) =>
          rest.startsWith('  ') ? rest : rest.slice(1)
        )

      withFile(uncommented, (file) => loadConfig({ file, env: {} }))
    })
  }
})
