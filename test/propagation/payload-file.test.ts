import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { look } from '../../src/propagation/model-source.ts'

it(
  'a payload that is a pipe or a directory is refused, and does not block',
  { timeout: 20_000 },
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'nebula-payload-'))
    const pipe = join(dir, 'pipe')

    execFileSync('mkfifo', [pipe])

    try {
      // more than Node.js has threads to open files
      for (const path of [...Array.from({ length: 8 }, () => pipe), dir]) {
        await assert.rejects(look({ path }, 65_536), { name: 'NotRegularFileError' })
      }
    } finally {
      await rm(dir, { recursive: true })
    }
  }
)
