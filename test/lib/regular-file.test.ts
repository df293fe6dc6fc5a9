import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { readRegular, replaceable } from '../../src/lib/regular-file.ts'

const OTHERS = ['pipe', 'directory', 'socket', '/dev/null'] as const

describe('regular files', () => {
  let dir: string
  const at = (name: string): string => (name.startsWith('/') ? name : join(dir, name))
  const server = createServer()

  before(async () => {
    dir = await realpath(await mkdtemp(join(tmpdir(), 'nebula-regular-')))
    execFileSync('mkfifo', [at('pipe')])
    await mkdir(at('directory'))
    await writeFile(at('file'), 'text')
    await symlink('file', at('to-file'))
    await symlink('pipe', at('to-pipe'))
    await symlink('nothing', at('to-nothing'))
    await symlink('to-itself', at('to-itself'))
    server.listen(at('socket'))
    await once(server, 'listening')
  })

  after(async () => {
    server.close()
    await rm(dir, { recursive: true, force: true })
  })

  it('are read, also by a symbolic link', async () => {
    assert.equal(String(await readRegular(at('file'))), 'text')
    assert.equal(String(await readRegular(at('to-file'))), 'text')
  })

  it('are replaced, and what a symbolic link leads to is', async () => {
    assert.equal(await replaceable(at('file')), at('file'))
    assert.equal(await replaceable(at('new')), at('new'))
    assert.equal(await replaceable(at('to-file')), at('file'))
  })

  for (const name of OTHERS.filter((each) => each !== 'socket')) {
    it(`only are read: no ${name}`, async () => {
      await assert.rejects(readRegular(at(name)), { name: 'NotRegularFileError', path: at(name) })
    })
  }

  for (const name of [...OTHERS, 'to-pipe', 'to-nothing']) {
    it(`only are replaced: no ${name}`, async () => {
      await assert.rejects(replaceable(at(name)), { name: 'NotRegularFileError' })
    })
  }

  it('are not found by a symbolic link to itself', async () => {
    await assert.rejects(replaceable(at('to-itself')), { code: 'ELOOP' })
  })
})
