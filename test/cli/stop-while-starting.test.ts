import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { Workshop } from './support/process.ts'

const START = ['start', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--data-dir']
const NOBODY = '/ip4/127.0.0.1/tcp/9'

describe('a node that starts', () => {
  let workshop: Workshop

  before(async () => {
    workshop = await Workshop.open()
  })

  after(async () => {
    await workshop.end()
  })

  for (const [what, args, env] of [
    ['a module that does not end', ['--libp2p', 'hang.mjs'], {}],
    ['nodes that are not there', ['--direct', NOBODY], { NEBULA_WAIT_FOR_DIRECT: '10m' }]
  ] as const) {
    it(`says what it waits for, and ends when it is asked to: ${what}`, async () => {
      await writeFile(
        workshop.path('hang.mjs'),
        'setInterval(() => {}, 1_000)\nawait new Promise(() => {})\n'
      )

      const child = workshop.spawn(
        [
          ...START,
          workshop.path(`data ${what}`),
          '--json',
          ...args.map((arg) => (arg.endsWith('.mjs') ? workshop.path(arg) : arg))
        ],
        { NEBULA_STOP_TIMEOUT: '1s', ...env }
      )

      assert.ok(child.stderr != null)

      const [notice] = (await once(child.stderr, 'data')) as [Buffer]

      assert.match(String(notice), args[0] === '--libp2p' ? /waits for .*hang\.mjs/ : /links with .*\/tcp\/9/)

      const ended = once(child, 'exit')

      child.kill('SIGTERM')

      const [code, signal] = (await ended) as [number | null, string | null]

      // by itself, and neither by the signal nor by the deadline of the test
      assert.equal(signal, null)
      assert.equal(code, args[0] === '--libp2p' ? 1 : 0)
    })
  }

  for (const name of ['identity.key', 'token', 'read-only-token', 'store/CURRENT', 'module.mjs']) {
    it(`refuses a pipe in the place of ${name}, and a directory`, async () => {
      for (const kind of ['pipe', 'directory']) {
        const dataDir = workshop.path(`${kind} ${name.replace('/', ' ')}`)
        const path = `${dataDir}/${name}`

        await mkdir(`${dataDir}/store`, { recursive: true })
        await (kind === 'pipe' ? execFileSync('mkfifo', [path]) : mkdir(path))

        const { code, stderr } = await workshop.run([
          ...START,
          dataDir,
          ...(name === 'module.mjs' ? ['--libp2p', path] : [])
        ])

        assert.equal(code, 1)
        assert.ok(stderr.includes(`${path} has to be a regular file, and is a ${kind}`), stderr)
      }
    })
  }
})
