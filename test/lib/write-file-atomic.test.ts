import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import * as fc from 'fast-check'
import { writeFileAtomic } from '../../src/lib/write-file-atomic.ts'

let directory = ''
let path = ''

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nebula-atomic-'))
  path = join(directory, 'file')
})

afterEach(async () => {
  await rm(directory, { recursive: true })
})

async function* pieces(count: number, fail = false): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    yield new Uint8Array(1_000).fill(i)
  }

  if (fail) {
    throw new Error('no more')
  }
}

describe('writeFileAtomic', () => {
  it('writes a text, bytes and pieces of bytes, with the permissions it is given', async () => {
    await writeFileAtomic(path, 'text', { mode: 0o600, flush: true })
    assert.equal(await readFile(path, 'utf8'), 'text')
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    await writeFileAtomic(path, new Uint8Array([1, 2, 3]))
    assert.deepEqual([...(await readFile(path))], [1, 2, 3])
    await writeFileAtomic(path, pieces(3))
    assert.equal((await readFile(path)).byteLength, 3_000)
    assert.deepEqual(await readdir(directory), ['file'])
  })

  it('leaves the file as it was, and nothing else, when the content fails', async () => {
    await writeFile(path, 'before')
    await assert.rejects(writeFileAtomic(path, pieces(3, true)), /no more/)
    assert.equal(await readFile(path, 'utf8'), 'before')
    assert.deepEqual(await readdir(directory), ['file'])
  })

  it('replaces no file that is there when it is not to', async () => {
    await writeFileAtomic(path, 'first', { replace: false })
    await assert.rejects(writeFileAtomic(path, 'second', { replace: false }), { code: 'EEXIST' })
    assert.equal(await readFile(path, 'utf8'), 'first')
    assert.deepEqual(await readdir(directory), ['file'])
  })

  it('lets readers see one content or another in full, however many write at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 8 }),
        async (contents) => {
          const writes = contents.map(async (content) => writeFileAtomic(path, content.repeat(1_000)))
          const whole = new Set(contents.map((content) => content.repeat(1_000)))

          await writes[0]
          assert.ok(whole.has(await readFile(path, 'utf8')))
          await Promise.all(writes)
          assert.ok(whole.has(await readFile(path, 'utf8')))
          assert.deepEqual(await readdir(directory), ['file'])
        }
      ),
      { numRuns: 20 }
    )
  })
})
