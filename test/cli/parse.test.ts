import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseArguments } from '../../src/cli/parse.ts'

const VERSION = '1.2.3'

function parse(line: string) {
  return parseArguments(line === '' ? [] : line.split(' '), VERSION, () => {})
}

describe('command line', () => {
  const valid: Array<[string, string, Record<string, unknown>]> = [
    ['start', 'start', { json: false }],
    ['start --json --proxy --no-mdns', 'start', { json: true, proxy: true, mdns: false }],
    ['start --config a.yaml --federation lab', 'start', { json: false, config: 'a.yaml', federation: 'lab' }],
    [
      'start --listen /ip4/1.2.3.4/tcp/1 --listen /ip4/1.2.3.4/tcp/2',
      'start',
      { json: false, listen: ['/ip4/1.2.3.4/tcp/1', '/ip4/1.2.3.4/tcp/2'] }
    ],
    ['start --dial /a --direct /b', 'start', { json: false, dial: ['/a'], direct: ['/b'] }],
    [
      'start --direct /b --wait-for-direct 60s',
      'start',
      { json: false, direct: ['/b'], waitForDirect: '60s' }
    ],
    ['start --http off', 'start', { json: false, http: 'off' }],
    ['start --http 127.0.0.1:80', 'start', { json: false, http: { host: '127.0.0.1', port: 80 } }],
    ['start --http [::1]:0', 'start', { json: false, http: { host: '::1', port: 0 } }],
    ['start --http=localhost:65535', 'start', { json: false, http: { host: 'localhost', port: 65_535 } }],
    ['id', 'id', { json: false }],
    ['id --json', 'id', { json: true }],
    ['peers', 'peers', { json: false }],
    ['peers --json', 'peers', { json: true }],
    [
      'connect /ip4/1.2.3.4/tcp/1',
      'connect',
      { multiaddr: '/ip4/1.2.3.4/tcp/1', direct: true, priority: undefined }
    ],
    [
      'connect --undirected --priority high /a',
      'connect',
      { multiaddr: '/a', direct: false, priority: 'high' }
    ],
    ['disconnect PEER', 'disconnect', { peer: 'PEER', blacklist: false }],
    ['disconnect PEER --blacklist', 'disconnect', { peer: 'PEER', blacklist: true }],
    [
      'send PEER response',
      'send',
      { peer: 'PEER', type: 'response', action: undefined, via: undefined, fields: [] }
    ],
    [
      'send PEER control alive log=x --via PROXY',
      'send',
      { peer: 'PEER', type: 'control', action: 'alive', via: 'PROXY', fields: [['log', 'x']] }
    ],
    [
      'send PEER control alive',
      'send',
      { peer: 'PEER', type: 'control', action: 'alive', via: undefined, fields: [] }
    ],
    [
      'send PEER control alive log=a=b',
      'send',
      { peer: 'PEER', type: 'control', action: 'alive', via: undefined, fields: [['log', 'a=b']] }
    ],
    [
      'send PEER discovery latitude=-3.5 longitude=',
      'send',
      {
        peer: 'PEER',
        type: 'discovery',
        action: undefined,
        via: undefined,
        fields: [
          ['latitude', '-3.5'],
          ['longitude', '']
        ]
      }
    ],
    ['blacklist', 'blacklist', { action: 'list', json: false }],
    ['blacklist --json', 'blacklist', { action: 'list', json: true }],
    ['blacklist add PEER', 'blacklist', { action: 'add', target: 'PEER', ttl: undefined, reason: undefined }],
    [
      'blacklist add 10.0.0.0/8 --for 2m --reason spam',
      'blacklist',
      { action: 'add', target: '10.0.0.0/8', ttl: 120_000, reason: 'spam' }
    ],
    ['blacklist remove PEER', 'blacklist', { action: 'remove', target: 'PEER' }],
    ['models --json', 'models', { action: 'list', json: true }],
    [
      'models send PEER model.bin --round -1',
      'models',
      { action: 'send', peer: 'PEER', file: 'model.bin', round: -1, weight: undefined }
    ],
    [
      'models send PEER model.bin --round 3 --weight 600',
      'models',
      { action: 'send', peer: 'PEER', file: 'model.bin', round: 3, weight: '600' }
    ],
    ['models save abcdef out.bin', 'models', { action: 'save', id: 'abcdef', file: 'out.bin' }],
    ['score', 'score', { peer: undefined, json: false }],
    ['score PEER --json', 'score', { peer: 'PEER', json: true }],
    ['beacon', 'beacon', { change: undefined, interval: undefined, json: false }],
    ['beacon stop --json', 'beacon', { change: 'stop', interval: undefined, json: true }],
    ['beacon start --interval 10s', 'beacon', { change: 'start', interval: 10_000, json: false }],
    ['external-connection-service', 'external-connection-service', { change: undefined, json: false }],
    ['ecs start', 'external-connection-service', { change: 'start', json: false }],
    ['blacklist clear', 'blacklist', { action: 'clear' }],
    ['config check a.yaml', 'config check', { file: 'a.yaml' }],
    ['config print', 'config print', { config: undefined }],
    ['config print --config a.yaml', 'config print', { config: 'a.yaml' }]
  ]

  for (const [line, command, options] of valid) {
    it(`reads ${line}`, () => {
      assert.deepEqual(parse(line), { command, options: { ...options, dataDir: undefined, verbose: false } })
    })
  }

  for (const line of [
    '--data-dir D --verbose peers',
    'peers --data-dir D --verbose',
    '--verbose peers --data-dir D',
    'blacklist clear --data-dir D --verbose',
    '--data-dir D blacklist add X --verbose'
  ]) {
    it(`finds the global flags in ${line}`, () => {
      const { dataDir, verbose } = parse(line)?.options ?? {}

      assert.equal(dataDir, 'D')
      assert.equal(verbose, true)
    })
  }

  const wrong: Array<[string, RegExp]> = [
    ['', /^no command given$/],
    ['config', /^no command given$/],
    ['strat', /^unknown command 'strat' \(Did you mean start\?\)$/],
    ['help strat', /^unknown command 'strat'$/],
    ['help config frob', /^unknown command 'frob'$/],
    ['start --jsno', /^unknown option '--jsno' \(Did you mean --json\?\)$/],
    ['start extra', /too many arguments/],
    ['start --config', /argument missing/],
    ['start --config ', /--config <file>.*Expected a path/],
    ['config check ', /'file'.*Expected a path/],
    ['peers --data-dir ', /--data-dir <dir>.*Expected a path/],
    ['start --http 8080', /'--http .*Expected HOST:PORT or off/],
    ['start --http 127.0.0.1:65536', /Expected HOST:PORT or off/],
    ['start --http ::1:80', /Expected HOST:PORT or off/],
    ['start --http 127.0.0.1:', /Expected HOST:PORT or off/],
    ['connect', /missing required argument 'multiaddr'/],
    ['connect /a --priority urgent', /Allowed choices are low, medium, high/],
    ['disconnect', /missing required argument 'peer'/],
    ['send PEER', /missing required argument 'type'/],
    ['send PEER control alive log', /Expected KEY=VALUE, not "log"/],
    ['send PEER control alive =x', /Expected KEY=VALUE/],
    ['blacklist add', /missing required argument 'peer or address'/],
    ['blacklist add X --for soon', /--for <time>.*Expected a time such as 10m/],
    ['blacklist add X --for 0', /Expected a time/],
    ['blacklist add X --for 25d', /Expected a time/],
    ['score A B', /too many arguments/],
    ['blacklist PEER', /too many arguments/],
    ['config check', /missing required argument 'file'/],
    ['peers --data-dir', /argument missing/]
  ]

  for (const [line, message] of wrong) {
    it(`refuses ${line === '' ? 'an empty line' : line}`, () => {
      assert.throws(
        () => parse(line),
        (error: Error) => {
          assert.equal(error.name, 'UsageError')
          assert.match(error.message, message)
          assert.doesNotMatch(error.message, /\n/)

          return true
        }
      )
    })
  }

  it('prints the version', () => {
    let out = ''

    assert.equal(
      parseArguments(['--version'], VERSION, (text) => {
        out += text
      }),
      undefined
    )
    assert.equal(out, '1.2.3\n')
  })

  const helps: Array<[string, string[]]> = [
    [
      '',
      [
        'start',
        'id',
        'peers',
        'connect',
        'disconnect',
        'send',
        'blacklist',
        'score',
        'config',
        'help',
        'Exit codes',
        '--data-dir'
      ]
    ],
    [
      'start',
      [
        '--config',
        '--federation',
        '--listen',
        '--dial',
        '--direct',
        '--wait-for-direct',
        '--proxy',
        '--no-mdns',
        '--http',
        '--json'
      ]
    ],
    ['id', ['PeerId', '--json']],
    ['help', ['[command...]']],
    ['peers', ['--json']],
    ['connect', ['<multiaddr>', '--undirected', '--priority']],
    ['disconnect', ['<peer>', '--blacklist']],
    ['send', ['<peer> <type> [action] [key=value]...']],
    ['blacklist', ['add', 'remove', 'clear', '--json']],
    ['blacklist add', ['<peer or address>', '--for', '--reason']],
    ['score', ['[peer]', '--json']],
    ['config', ['check', 'print']],
    ['config check', ['<file>']],
    ['config print', ['--config']]
  ]

  for (const [command, parts] of helps) {
    it(`has help for ${command === '' ? 'itself' : command}`, () => {
      let out = ''
      const argv = [...command.split(' ').filter((part) => part !== ''), '--help']

      assert.equal(
        parseArguments(argv, VERSION, (text) => {
          out += text
        }),
        undefined
      )

      for (const part of [...parts, '--verbose']) {
        assert.ok(out.includes(part), `${part} in\n${out}`)
      }

      let same = ''

      assert.equal(
        parseArguments(['help', ...argv.slice(0, -1)], VERSION, (text) => {
          same += text
        }),
        undefined
      )
      assert.equal(same, out)
    })
  }
})
