import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import {
  CONTROL_FILE,
  TOKEN_FILE,
  ensureToken,
  readControlFile,
  readToken,
  removeControlFile,
  writeControlFile
} from '../../src/http/control-file.ts'

const INFO = { address: 'http://127.0.0.1:4000', pid: 42 }

describe('control file and token', () => {
  let dir: string

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nebula-control-'))
  })

  after(async () => {
    await rm(dir, { recursive: true })
  })

  const modeOf = async (name: string): Promise<number> => (await stat(join(dir, name))).mode & 0o777

  it('makes one token and keeps it', async () => {
    assert.equal(await readToken(dir), undefined)

    const token = await ensureToken(dir)

    assert.match(token, /^[\w-]{43}$/)
    assert.equal(await modeOf(TOKEN_FILE), 0o600)
    assert.equal(await ensureToken(dir), token)
    assert.equal(await readToken(dir), token)
  })

  it('takes a token back from others’ eyes', async () => {
    await chmod(join(dir, TOKEN_FILE), 0o644)
    await ensureToken(dir)

    assert.equal(await modeOf(TOKEN_FILE), 0o600)
  })

  for (const damaged of ['', 'short', 'x'.repeat(44), `${'x'.repeat(42)}\u0000`]) {
    it(`replaces the damaged token ${JSON.stringify(damaged)}`, async () => {
      await writeFile(join(dir, TOKEN_FILE), damaged)
      assert.equal(await readToken(dir), undefined)

      const token = await ensureToken(dir)

      assert.notEqual(token, damaged)
      assert.equal((await readFile(join(dir, TOKEN_FILE), 'utf8')).trim(), token)
    })
  }

  it('says where the node listens', async () => {
    await writeControlFile(dir, { address: 'http://127.0.0.1:1', pid: 1 })
    await writeControlFile(dir, INFO)

    assert.deepEqual(await readControlFile(dir), INFO)
    assert.equal(await modeOf(CONTROL_FILE), 0o600)
    assert.deepEqual((await readdir(dir)).sort(), [CONTROL_FILE, TOKEN_FILE])

    await removeControlFile(dir)
    await removeControlFile(dir)
    assert.equal(await readControlFile(dir), undefined)
  })

  for (const damaged of [
    '',
    '{',
    'null',
    '[]',
    '{"address":"nowhere","pid":1}',
    '{"address":"http://a","pid":-1}'
  ]) {
    it(`takes ${JSON.stringify(damaged)} for no node`, async () => {
      await writeFile(join(dir, CONTROL_FILE), damaged)

      assert.equal(await readControlFile(dir), undefined)
    })
  }

  it('takes a directory that is not there, or is a file, for no node', async () => {
    assert.equal(await readControlFile(join(dir, 'nothing')), undefined)
    assert.equal(await readToken(join(dir, CONTROL_FILE)), undefined)
  })
})
