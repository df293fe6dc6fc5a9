import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { VERSION } from '../../src/version.ts'
import { JsonProcess } from '../support/json-process.ts'
import { Consumer } from './support/consumer.ts'

const READY_MS = 30_000
const COMPILER = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc')

const { consumer, skip } = await Consumer.create()

describe('the package, installed', { skip }, () => {
  after(async () => {
    await consumer?.remove()
  })

  async function run(command: string, ...args: string[]): Promise<string> {
    assert.ok(consumer != null)

    return (await consumer.run(command, ...args)).trim()
  }

  it('is a service of a libp2p node', async () => {
    assert.deepEqual(JSON.parse(await run('node', 'service.js')), { from: true, log: 'hello' })
  })

  it('makes a whole node from a configuration', async () => {
    assert.deepEqual(JSON.parse(await run('node', 'node.js')), { federation: 'lab', listens: 1 })
  })

  it('has the command', async () => {
    assert.equal(await run('npx', '--no-install', 'nebula', '--version'), VERSION)
  })

  it('starts a node by the command, with the same identity as nebula id tells', async () => {
    assert.ok(consumer != null)
    const args = ['start', '--json', '--no-mdns', '--data-dir', 'data']
    const child = spawn(process.execPath, ['node_modules/nebula-overlay/bin/nebula.js', ...args], {
      cwd: consumer.dir,
      env: consumer.env,
      stdio: ['ignore', 'pipe', 'pipe']
    })
    const node = new JsonProcess(child, 'nebula start')

    try {
      const { peerId } = await node.event('ready', READY_MS)

      assert.equal(await run('npx', '--no-install', 'nebula', 'id', '--data-dir', 'data'), peerId)
    } finally {
      assert.equal(await node.stop(), 0)
    }
  })

  it('has types', async () => {
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2024', '--types', '']

    await run('node', COMPILER, ...options, '--skipLibCheck', 'false', 'types.ts')
  })

  it('has no other entry points than those meant', async () => {
    const script = `await import('nebula-overlay/dist/src/service.js')`

    await assert.rejects(run('node', '--input-type=module', '-e', script), /ERR_PACKAGE_PATH_NOT_EXPORTED/)
  })
})
