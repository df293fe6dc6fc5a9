import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Workshop } from './support/process.ts'
import type { RunningCommand } from './support/process.ts'
import type { AddressInfo, Server } from 'node:net'

const NOWHERE = '/ip4/127.0.0.1/tcp/1'

interface Case {
  name: string
  args: string[]
  env?: Record<string, string>
  code: number
  /** Of one line, after `nebula: `. */
  stderr: RegExp
}

describe('nebula: exit codes', () => {
  let workshop: Workshop
  let node: RunningCommand
  let taken: Server
  let port: number

  before(async () => {
    workshop = await Workshop.open()
    node = await workshop.start('node')
    taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    port = (taken.address() as AddressInfo).port

    await writeFile(workshop.path('good.yaml'), 'federation: lab\n')
    await writeFile(workshop.path('bad.yaml'), 'federation: lab\nlinks: { maxLink: 3 }\n')
    await writeFile(workshop.path('broken.yaml'), 'federation: [\n')
    await mkdir(workshop.path('corrupt'))
    await writeFile(join(workshop.path('corrupt'), 'identity.key'), 'no key')
  })

  after(async () => {
    taken.close()
    await workshop.end()
  })

  const start = ['start', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--data-dir', 'DIR/new']
  const cases: Case[] = [
    { name: 'no command', args: [], code: 2, stderr: /^no command given\n/ },
    { name: 'an unknown command', args: ['strat'], code: 2, stderr: /^unknown command 'strat'/ },
    { name: 'an unknown flag', args: ['start', '--frob'], code: 2, stderr: /^unknown option '--frob'/ },
    {
      name: 'a bad --listen',
      args: [...start, '--listen', 'nowhere'],
      code: 2,
      stderr: /^--listen: .*"nowhere"$/
    },
    { name: 'a bad --dial', args: [...start, '--dial', '/ip4/1.2.3/tcp/1'], code: 2, stderr: /^--dial: / },
    {
      name: 'a bad --federation',
      args: [...start, '--federation', 'a b'],
      code: 2,
      stderr: /^--federation: /
    },
    {
      name: 'a foreign --http',
      args: [...start, '--http', '0.0.0.0:80'],
      code: 2,
      stderr: /^--http: .*loopback/
    },
    { name: 'a malformed --http', args: [...start, '--http', 'x'], code: 2, stderr: /HOST:PORT or off/ },
    {
      name: 'a bad multiaddr',
      args: ['connect', 'x', '--data-dir', 'NODE'],
      code: 2,
      stderr: /^not a multiaddr: "x"/
    },
    {
      name: 'a bad message',
      args: ['send', 'x', 'y', '--data-dir', 'NODE'],
      code: 2,
      stderr: /^unknown message type "y"/
    },
    { name: 'half a peer', args: ['disconnect', 'abc', '--data-dir', 'NODE'], code: 2, stderr: /too short/ },
    {
      name: 'no such peer',
      args: ['disconnect', 'abcdef', '--data-dir', 'NODE'],
      code: 1,
      stderr: /^no peer fits/
    },
    {
      name: 'no config file',
      args: ['start', '--config', 'DIR/none.yaml'],
      code: 1,
      stderr: /none\.yaml: .*no such file$/
    },
    {
      name: 'a wrong config file',
      args: ['start', '--config', 'DIR/bad.yaml'],
      code: 1,
      stderr: /bad\.yaml: .*maxLink/
    },
    {
      name: 'a broken config file',
      args: ['config', 'check', 'DIR/broken.yaml'],
      code: 1,
      stderr: /broken\.yaml:\d+:\d+: /
    },
    {
      name: 'a checked config file',
      args: ['config', 'check', 'DIR/bad.yaml'],
      code: 1,
      stderr: /bad\.yaml: .*maxLink/
    },
    {
      name: 'an unknown variable',
      args: ['config', 'print'],
      env: { NEBULA_FROB: '1' },
      code: 1,
      stderr: /^NEBULA_FROB: /
    },
    {
      name: 'a data directory below a file',
      args: ['start', '--data-dir', 'DIR/good.yaml/x'],
      code: 1,
      stderr: /good\.yaml\/x/
    },
    { name: 'a damaged key', args: ['start', '--data-dir', 'DIR/corrupt'], code: 1, stderr: /identity\.key/ },
    {
      name: 'no identity',
      args: ['id', '--data-dir', 'DIR/none'],
      code: 1,
      stderr: /none has no identity yet/
    },
    {
      name: 'a taken port',
      args: [...start, '--listen', '/ip4/127.0.0.1/tcp/PORT'],
      code: 1,
      stderr: /^cannot listen on \/ip4\/127\.0\.0\.1\/tcp\/\d+ \(it is in use\)$/
    },
    {
      name: 'a taken port of the API',
      args: [...start, '--http', '127.0.0.1:PORT'],
      code: 1,
      stderr: /^cannot open the control API on http:\/\/127\.0\.0\.1:\d+: the port is taken$/
    },
    {
      name: 'a neighbour that is not linked in time',
      args: [...start, '--direct', NOWHERE, '--wait-for-direct', '500ms'],
      code: 1,
      stderr: /^No direct link with \/ip4\/127\.0\.0\.1\/tcp\/1 \(.*\) in time$/
    },
    {
      name: 'a time to wait that is none',
      args: [...start, '--wait-for-direct', 'long'],
      code: 2,
      stderr: /^--wait-for-direct: /
    },
    {
      name: 'an unreachable peer',
      args: ['connect', NOWHERE, '--data-dir', 'NODE'],
      code: 1,
      stderr: /^cannot link with \/ip4\/127\.0\.0\.1\/tcp\/1: .*ECONNREFUSED/
    },
    {
      name: 'no node',
      args: ['peers', '--data-dir', 'DIR/none'],
      code: 1,
      stderr: /^no node is running on .*none$/
    },
    {
      name: 'no node, by the variable',
      args: ['peers'],
      env: { NEBULA_DATA_DIR: 'DIR/none' },
      code: 1,
      stderr: /^no node is running on .*none$/
    },
    {
      name: 'no node, by the default',
      args: ['peers'],
      code: 1,
      stderr: /^no node is running on .*\.local\/share\/nebula$/
    }
  ]

  for (const { name, args, env = {}, code, stderr } of cases) {
    it(`ends with ${code} for ${name}`, async () => {
      const fill = (text: string): string =>
        text.replace('DIR', workshop.dir).replace('NODE', node.dataDir).replace('PORT', String(port))
      const filled = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, fill(value)]))
      const result = await workshop.run(args.map(fill), filled)

      assert.equal(result.code, code, result.stderr)
      assert.equal(result.stdout, '')
      assert.match(result.stderr, /^nebula: /)
      assert.match(result.stderr.replace('nebula: ', '').trimEnd(), stderr)
      assert.doesNotMatch(result.stderr, /\n\s+at /)

      if (name !== 'no command') {
        assert.equal(result.stderr.indexOf('\n'), result.stderr.length - 1, result.stderr)
      }
    })
  }

  it('ends with 0 for a valid config file', async () => {
    const { code, stdout } = await workshop.run(['config', 'check', workshop.path('good.yaml')])

    assert.deepEqual([code, stdout], [0, `${workshop.path('good.yaml')}: valid\n`])
  })

  it('prints a configuration that is valid', async () => {
    const { stdout } = await workshop.run(['config', 'print', '--config', workshop.path('good.yaml')])

    await writeFile(workshop.path('printed.yaml'), stdout)

    const { code } = await workshop.run(['config', 'check', workshop.path('printed.yaml')])
    const again = await workshop.run(['config', 'print', '--config', workshop.path('printed.yaml')])

    assert.equal(code, 0)
    assert.match(stdout, /^federation: lab$/m)
    assert.equal(again.stdout, stdout)
  })

  it('shows the stack with --verbose', async () => {
    const { code, stderr } = await workshop.run(['peers', '--verbose', '--data-dir', workshop.path('none')])

    assert.equal(code, 1)
    assert.match(stderr, /^nebula: no node is running on .*none\nNoNodeRunningError: .*\n +at /)
  })
})
