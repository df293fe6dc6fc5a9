import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { lstat, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { ModelReader } from '../../src/propagation/index.ts'
import { ExchangeNodes } from './support/exchange-nodes.ts'

const payload = new Uint8Array(100_000).fill(7)

describe('the files of models', () => {
  const nodes = new ExchangeNodes()
  let dir: string
  let reader: ModelReader

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nebula-files-'))

    const { models } = await nodes.create()

    reader = new ModelReader(await models.create({ round: 1, weight: 1n, payload }))
  })

  afterEach(async () => {
    await nodes.stop()
    await rm(dir, { recursive: true })
  })

  for (const kind of ['pipe', 'directory']) {
    it(`that are saved do not take the place of a ${kind}`, async () => {
      const path = join(dir, kind)

      await (kind === 'pipe' ? execFileSync('mkfifo', [path]) : mkdir(path))
      await assert.rejects(reader.saveTo(path), { name: 'NotRegularFileError', path })
      assert.equal((await lstat(path)).isFile(), false)
      assert.deepEqual(await readdir(dir), [kind])
    })
  }

  it('that are saved replace what a symbolic link leads to', async () => {
    await writeFile(join(dir, 'old'), 'old')
    await symlink('old', join(dir, 'link'))
    await reader.saveTo(join(dir, 'link'))
    assert.ok((await lstat(join(dir, 'link'))).isSymbolicLink())
    assert.ok(Buffer.from(payload).equals(await readFile(join(dir, 'old'))))
    assert.deepEqual((await readdir(dir)).sort(), ['link', 'old'])
  })

  it(
    'that cannot be read are named by the error',
    { skip: existsSync('/proc/self/mem') ? false : 'there is no /proc' },
    async () => {
      const { models } = await nodes.create()

      await assert.rejects(models.create({ round: 1, weight: 1n, payload: { path: '/proc/self/mem' } }), {
        name: 'UnreadableFileError',
        path: '/proc/self/mem'
      })
    }
  )
})
