import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { Warnings } from '../../src/warnings/index.ts'
import { raw, startServer } from './support/server.ts'

describe('control API: the Unix socket', () => {
  let directory: string

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nebula-socket-'))
  })

  after(async () => {
    await rm(directory, { recursive: true })
  })

  const warnings = (): Warnings => new Warnings({ logger: defaultLogger() })

  it('needs no token, and only its owner may open it', async () => {
    const socket = join(directory, 'control.sock')
    const { server } = await startServer({ socket })
    const answer = await raw({ socketPath: socket }, {})
    const { mode } = await stat(socket)

    assert.equal(answer.status, 200)
    assert.equal(mode & 0o777, 0o600)
    assert.deepEqual(await readdir(directory), ['control.sock'])

    await server.stop()
    assert.deepEqual(await readdir(directory), [])
  })

  it('leaves the port with its token', async () => {
    const { server } = await startServer({ socket: join(directory, 'control.sock') })

    assert.equal((await raw(server.address ?? '', {})).status, 401)
    await server.stop()
  })

  it('takes the place of one that a killed node left', async () => {
    const socket = join(directory, 'left.sock')

    await writeFile(socket, '')

    const { server } = await startServer({ socket })

    assert.equal((await raw({ socketPath: socket }, {})).status, 200)
    await server.stop()
  })

  it('is not made where others may write, which is warned of', async () => {
    const shared = join(directory, 'shared')
    const raised = warnings()

    await mkdir(shared)
    await chmod(shared, 0o777)

    const { server } = await startServer({ socket: join(shared, 'control.sock') }, { warnings: raised })

    assert.deepEqual(await readdir(shared), [])
    assert.match(raised.list()[0]?.message ?? '', /others may write in its directory. .* http:\/\/127/)
    await server.stop()
  })

  it('is not made where its path is too long for the system, which is warned of', async () => {
    const deep = join(directory, 'd'.repeat(100))
    const raised = warnings()

    await mkdir(deep)

    const { server } = await startServer({ socket: join(deep, 'control.sock') }, { warnings: raised })

    assert.equal(raised.list()[0]?.code, 'control-socket-not-made')
    assert.match(raised.list()[0]?.message ?? '', /longer than \d+ bytes/)
    await server.stop()
  })
})
