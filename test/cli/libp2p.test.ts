import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Workshop } from './support/process.ts'

const EXAMPLE = join(import.meta.dirname, '../../examples/libp2p.config.ts')

describe('nebula start --libp2p', () => {
  it('runs a node with the options that a module exports', async () => {
    const workshop = await Workshop.open()

    try {
      const first = await workshop.start('first', ['--libp2p', EXAMPLE])
      const second = await workshop.start('second', ['--libp2p', EXAMPLE, '--direct', first.address])

      await second.event('link:open')
      assert.deepEqual(
        (await Promise.all([first.stop(), second.stop()])).map(({ code }) => code),
        [0, 0]
      )
    } finally {
      await workshop.end()
    }
  })

  it('says in one line what is wrong with the options, and exits with 1', async () => {
    const workshop = await Workshop.open()

    try {
      for (const [content, message] of [
        ["throw new Error('no device')", /libp2p option module: .*no device/],
        ['export default { connectionManager: { maxConnections: 1 } }', /`connections\.maxConnections`/],
        [
          "import { tcp } from '@libp2p/tcp'\nexport default { transports: [() => ({ [Symbol.toStringTag]: '@libp2p/tcp' })] }",
          /Cannot find package|there twice/
        ]
      ] as const) {
        const path = workshop.path('options.mjs')

        await writeFile(path, content)

        const { code, stdout, stderr } = await workshop.run(['start', '--no-mdns', '--libp2p', path])

        assert.deepEqual([code, stdout], [1, ''])
        assert.match(stderr, message)
        assert.equal(stderr.trimEnd().split('\n').length, 1, stderr)
      }
    } finally {
      await workshop.end()
    }
  })
})
