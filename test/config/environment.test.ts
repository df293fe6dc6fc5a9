import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { CONFIG_KEYS, loadConfig } from '../../src/config/index.ts'
import { FILE_VARIABLE } from '../../src/config/layers.ts'
import { setValue, valueAt } from '../../src/config/paths.ts'
import { asText, linesOf, valuesOf } from './support.ts'
import type { ConfigPath } from '../../src/config/index.ts'

const HOME = { HOME: '/home/me' }

describe('environment variables', () => {
  it('have a name of their own for each key', () => {
    const names = CONFIG_KEYS.map(({ variable }) => variable)

    assert.equal(new Set(names).size, names.length)
    assert.ok(!names.includes(FILE_VARIABLE))

    for (const name of names) {
      assert.match(name, /^NEBULA(?:_[A-Z0-9]+)+$/)
    }
  })

  it('are named after the path', () => {
    const variables = Object.fromEntries(CONFIG_KEYS.map(({ path, variable }) => [path, variable]))

    assert.equal(variables['federation'], 'NEBULA_FEDERATION')
    assert.equal(variables['dataDir'], 'NEBULA_DATA_DIR')
    assert.equal(variables['links.maxLinks'], 'NEBULA_LINKS_MAX_LINKS')
    assert.equal(variables['mdns.enabled'], 'NEBULA_MDNS_ENABLED')
  })

  for (const key of CONFIG_KEYS) {
    it(`${key.variable} sets ${key.path} alone`, () => {
      fc.assert(
        fc.property(valuesOf(key), (value) => {
          const expected = loadConfig({ env: HOME })
          setValue(expected, key.parts, value)

          assert.deepEqual(loadConfig({ env: { ...HOME, [key.variable]: asText(value) } }), expected)
        }),
        { numRuns: 10 }
      )
    })
  }

  const READ: Array<[string, string, ConfigPath, unknown]> = [
    ['NEBULA_PROXY', '1', 'proxy', true],
    ['NEBULA_PROXY', ' true ', 'proxy', true],
    ['NEBULA_MDNS_ENABLED', '0', 'mdns.enabled', false],
    ['NEBULA_PROXY', '', 'proxy', false],
    ['NEBULA_ROLES', 'a b', 'roles', ['a', 'b']],
    ['NEBULA_ROLES', 'a, b,', 'roles', ['a', 'b']],
    ['NEBULA_LISTEN', 'none', 'listen', []],
    ['NEBULA_LINKS_DIAL_TIMEOUT', '10s', 'links.dialTimeout', 10_000],
    ['NEBULA_MESSAGES_MAX_MESSAGE_BYTES', '64KiB', 'messages.maxMessageBytes', 65_536],
    ['NEBULA_RELAY_SERVER', 'true', 'relay.server', true],
    ['NEBULA_RELAY_SERVER', 'auto', 'relay.server', 'auto'],
    ['NEBULA_DATA_DIR', '', 'dataDir', '/home/me/.local/share/nebula']
  ]

  for (const [variable, text, path, value] of READ) {
    it(`reads ${variable}=${text}`, () => {
      assert.deepEqual(valueAt(loadConfig({ env: { ...HOME, [variable]: text } }), path.split('.')), value)
    })
  }

  const FAULTS: Array<[Record<string, string>, ...string[]]> = [
    [
      { NEBULA_LINKS_MAX_LINKS: 'many' },
      'NEBULA_LINKS_MAX_LINKS: links.maxLinks: expected a whole number from 1 to 1000000, got "many"'
    ],
    [
      { NEBULA_LINKS_MAX_LINKS: '0' },
      'NEBULA_LINKS_MAX_LINKS: links.maxLinks: expected a whole number from 1 to 1000000, got 0'
    ],
    [{ NEBULA_PROXY: 'yes' }, 'NEBULA_PROXY: proxy: expected true or false, got "yes"'],
    [
      { NEBULA_ENCRYPTION: 'tls,ssl' },
      'NEBULA_ENCRYPTION: encryption[1]: expected "tls" or "noise", got "ssl"'
    ],
    [{ NEBULA_FEDERATON: 'lab' }, 'NEBULA_FEDERATON: unknown variable; did you mean "NEBULA_FEDERATION"?'],
    [{ NEBULA_CONFG: 'a.yaml' }, 'NEBULA_CONFG: unknown variable; did you mean "NEBULA_CONFIG"?'],
    [{ NEBULA_: 'a' }, 'NEBULA_: unknown variable'],
    [{ NEBULA_QUITE_DIFFERENT: 'a' }, 'NEBULA_QUITE_DIFFERENT: unknown variable'],
    [
      { NEBULA_CONNECTIONS_MAX_READ_BUFFER_BYTES: '300000' },
      'NEBULA_CONNECTIONS_MAX_READ_BUFFER_BYTES: connections.maxReadBufferBytes: expected more than connections.maxStreamWindowBytes (1048576), or a stream that waits is reset, got 300000'
    ],
    [
      { NEBULA_CONNECTIONS_MAX_STREAM_WINDOW_BYTES: '4MiB' },
      'NEBULA_CONNECTIONS_MAX_STREAM_WINDOW_BYTES: connections.maxReadBufferBytes: expected more than connections.maxStreamWindowBytes (4194304), or a stream that waits is reset, got 4194304'
    ],
    [
      { NEBULA_TRANSPORTS: 'websocket' },
      'NEBULA_TRANSPORTS: listen[0]: expected an address of one of the transports (websocket), got "/ip4/0.0.0.0/tcp/0"'
    ]
  ]

  for (const [env, ...lines] of FAULTS) {
    it(`refuses ${JSON.stringify(env)}`, () => {
      assert.deepEqual(
        linesOf(() => loadConfig({ env })),
        lines
      )
    })
  }

  it('may have the command that the Python client starts nodes by', () => {
    const env = { ...HOME, NEBULA_COMMAND: 'npx nebula' }

    assert.deepEqual(loadConfig({ env }), loadConfig({ env: HOME }))
  })

  it('of a service that an orchestrator names nebula are passed over', () => {
    const env = {
      NEBULA_SERVICE_HOST: '10.0.0.1',
      NEBULA_SERVICE_PORT: '80',
      NEBULA_SERVICE_PORT_HTTP: '80',
      NEBULA_PORT: 'tcp://10.0.0.1:80',
      NEBULA_PORT_80_TCP: 'tcp://10.0.0.1:80',
      NEBULA_PORT_80_TCP_PROTO: 'tcp',
      NEBULA_PORT_80_TCP_ADDR: '10.0.0.1',
      NEBULA_PROXY_1_SERVICE_HOST: '10.0.0.1'
    }

    assert.deepEqual(loadConfig({ env: { ...HOME, ...env } }), loadConfig({ env: HOME }))
  })

  it('without the prefix are none of ours', () => {
    assert.equal(loadConfig({ env: { FEDERATION: 'lab', nebula_federation: 'lab' } }).federation, 'nebula')
  })
})
