import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { Workshop } from './support/process.ts'

/** Opens a pipe that has no writer, which blocks a thread of the pool each time, as a file on a dead network disk would. */
const blocker = (fifo: string, threads: number): string => `
import { open } from 'node:fs'
process.on('SIGUSR2', () => {
  for (let i = 0; i < ${threads}; i++) open(${JSON.stringify(fifo)}, 'r', () => {})
  console.error('blocked')
})
`

describe('a node with blocked threads', () => {
  for (const threads of [1, 8]) {
    it(`ends when it is asked to, and says why it had to be killed: ${threads} files`, async () => {
      const workshop = await Workshop.open()

      try {
        const fifo = workshop.path('pipe')
        const preload = workshop.path('block.mjs')

        execFileSync('mkfifo', [fifo])
        await writeFile(preload, blocker(fifo, threads))

        const node = await workshop.start('node', [], {
          NODE_OPTIONS: `--import ${preload}`,
          NEBULA_STOP_TIMEOUT: '1s'
        })

        assert.ok(node.child.stderr != null)

        const blocked = once(node.child.stderr, 'data')

        node.child.kill('SIGUSR2')
        await blocked

        const { code, stderr } = await node.stop()

        // killed by itself, and not by the deadline of the test, which would come without a word
        assert.equal(code, null)
        assert.match(stderr, /the process is killed: reading or writing a file does not return/)
      } finally {
        await workshop.end()
      }
    })
  }
})
