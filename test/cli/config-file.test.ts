/** `--config` with a file that is not a regular file. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { MAIN, resultOf, Workshop } from './support/process.ts'

/** Says when the command opens the pipe, which blocks its only thread. */
const preload = (fifo: string): string => `
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
const { openSync } = fs
fs.openSync = (path, ...rest) => {
  if (path === ${JSON.stringify(fifo)}) fs.writeSync(2, 'opens the pipe\\n')
  return openSync(path, ...rest)
}
syncBuiltinESMExports()
`

describe('--config', () => {
  let workshop: Workshop

  before(async () => {
    workshop = await Workshop.open()
  })

  after(async () => {
    await workshop.end()
  })

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`ends with ${signal} while it waits for a pipe that has no writer`, async () => {
      const fifo = workshop.path(`${signal}.yaml`)
      const script = workshop.path(`${signal}.mjs`)

      execFileSync('mkfifo', [fifo])
      await writeFile(script, preload(fifo))

      const child = workshop.spawn(['start', '--config', fifo], { NODE_OPTIONS: `--import ${script}` })
      const result = resultOf(child)

      assert.ok(child.stderr != null)
      await once(child.stderr, 'data')
      child.kill(signal)
      assert.deepEqual(await result, { code: null, stdout: '', stderr: 'opens the pipe\n' })
      assert.equal(child.signalCode, signal)
    })
  }

  it('takes the output of another program', async () => {
    const script = '"$0" "$1" config print --config <(echo "federation: from-a-pipe")'
    const child = spawn('bash', ['-c', script, process.execPath, MAIN], { env: workshop.env })
    const { code, stdout, stderr } = await resultOf(child)

    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    assert.match(stdout, /^federation: from-a-pipe$/m)
  })

  it('refuses a device that never ends with one line', async () => {
    assert.deepEqual(await workshop.run(['start', '--config', '/dev/zero']), {
      code: 1,
      stdout: '',
      stderr: 'nebula: /dev/zero: expected at most 262144 bytes\n'
    })
  })
})
