import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { loadConfig } from '../../src/config/index.ts'
import { linesOf, withFile } from './support.ts'
import type { Config } from '../../src/config/index.ts'

const MAX_FILE_BYTES = 262_144
const load = (content: string | Uint8Array): Config =>
  withFile(content, (file) => loadConfig({ file, env: {} }))
const faultsOf = (content: string | Uint8Array): string[] =>
  withFile(content, (file) =>
    linesOf(() => loadConfig({ file, env: {} })).map((line) => line.replace(file, 'FILE'))
  )

describe('a configuration file', () => {
  it('is YAML or JSON', () => {
    assert.equal(load('# a node\nfederation: lab\nmdns: { interval: 20s }').mdns.interval, 20_000)
    assert.equal(load('{"federation": "lab", "mdns": {"interval": 20000}}').mdns.interval, 20_000)
    assert.equal(load('\uFEFFfederation: lab\r\nproxy: true\r\n').proxy, true)
  })

  it('may be empty', () => {
    assert.deepEqual(load(''), loadConfig({ env: {} }))
    assert.deepEqual(load('# nothing\n'), loadConfig({ env: {} }))
    assert.deepEqual(load('{}'), loadConfig({ env: {} }))
  })

  it('may use an anchor', () => {
    assert.deepEqual(load('dial: &a [/dns4/a/tcp/1]\ndirect: *a').direct, ['/dns4/a/tcp/1'])
  })

  const FAULTS: Array<[string, string | Uint8Array, string]> = [
    ['a list', '- federation: lab', 'FILE: expected a group of keys, got [{"federation":"lab"}]'],
    ['a word', 'lab', 'FILE: expected a group of keys, got "lab"'],
    ['a number', '7', 'FILE: expected a group of keys, got 7'],
    ['a key twice', 'proxy: true\nproxy: false', 'FILE:2:1: Map keys must be unique'],
    [
      'a key twice, deeper, in JSON',
      '{"links": {"maxLinks": 1, "maxLinks": 2}}',
      'FILE:1:27: Map keys must be unique'
    ],
    [
      'an open bracket',
      'roles: [a',
      'FILE:1:10: Flow sequence in block collection must be sufficiently indented and end with a ]'
    ],
    ['a tab', 'mdns:\n\tenabled: true', 'FILE:2:1: Tabs are not allowed as indentation'],
    ['two documents', 'proxy: true\n---\nproxy: false', 'FILE:2:1: expected one document'],
    ['an unknown tag', 'federation: !lab x', 'FILE:1:13: Unresolved tag: !lab'],
    [
      'an unknown alias',
      'federation: *lab',
      'FILE: Unresolved alias (the anchor must be set before the alias): lab'
    ],
    [
      'a key without a value',
      'dial:\n',
      'FILE: dial: expected a list of multiaddrs, 0 to 1000 of them, none twice, got null'
    ],
    ['a merge key', 'mdns:\n  <<: { enabled: false }', 'FILE: mdns: unknown key "<<"'],
    ['a key that is a list', '? [a]\n: 1', 'FILE: unknown key "[ a ]"'],
    ['a key __proto__', '__proto__: { proxy: true }', 'FILE: unknown key "__proto__"'],
    [
      'a deeper key __proto__',
      'mdns: { __proto__: { enabled: false } }',
      'FILE: mdns: unknown key "__proto__"'
    ],
    ['a key of objects', 'hasOwnProperty: 1', 'FILE: unknown key "hasOwnProperty"'],
    [
      'a number too large',
      'links: { maxLinks: 1e999 }',
      'FILE: links.maxLinks: expected a whole number from 1 to 1000000, got Infinity'
    ],
    ['no UTF-8', Uint8Array.of(0x66, 0xff, 0xfe), 'FILE: expected UTF-8 text'],
    ['too many bytes', '#'.repeat(MAX_FILE_BYTES + 1), `FILE: expected at most ${MAX_FILE_BYTES} bytes`],
    [
      'aliases that multiply',
      `a: &a [${'x,'.repeat(9)}]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]`,
      'FILE: Excessive alias count indicates a resource exhaustion attack'
    ]
  ]

  for (const [name, content, line] of FAULTS) {
    it(`with ${name} is refused`, () => assert.deepEqual(faultsOf(content), [line]))
  }

  it('leaves the prototypes of objects alone', () => {
    faultsOf('__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }')

    assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
  })

  it('may have as many bytes as are allowed', () => {
    assert.equal(load(`federation: lab\n#${'x'.repeat(MAX_FILE_BYTES - 17)}`).federation, 'lab')
  })

  for (const part of ['[', '{a: ', '- ', 'a: ', '"', '!', '&a ', '? ', '*']) {
    it(`of ${JSON.stringify(part)} without end is refused in one line`, () => {
      const [line, ...more] = faultsOf(part.repeat(20_000))

      assert.match(line ?? '', /^FILE/)
      assert.equal(more.length, 0)
    })
  }

  it('that is a device without end is refused', { skip: process.platform === 'win32' }, () => {
    assert.deepEqual(
      linesOf(() => loadConfig({ file: '/dev/zero', env: {} })),
      [`/dev/zero: expected at most ${MAX_FILE_BYTES} bytes`]
    )
  })

  it('that is not there, or is a directory, is refused', () => {
    const file = join(tmpdir(), 'nebula-no-such-file.yaml')

    assert.deepEqual(
      linesOf(() => loadConfig({ file, env: {} })),
      [`${file}: cannot be read: no such file`]
    )
    assert.deepEqual(
      linesOf(() => loadConfig({ file: tmpdir(), env: {} })),
      [`${tmpdir()}: cannot be read: it is a directory`]
    )
  })
})
