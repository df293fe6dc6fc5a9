import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const SCRIPT = fileURLToPath(new URL('../support/stream-abandon.ts', import.meta.url))
/** The deadlines that run in it are of ten minutes. */
const EXIT_MS = 120_000

describe('FrameStream exit', () => {
  for (const transport of ['tcp', 'ws']) {
    for (const end of ['stop', 'cut']) {
      it(`holds no process open, ${transport}, ended by a ${end}`, async () => {
        const run = promisify(execFile)(process.execPath, [SCRIPT, transport, end], { timeout: EXIT_MS })

        assert.equal((await run).stdout, 'stopped\n')
      })
    }
  }
})
