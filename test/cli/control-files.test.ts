import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Workshop } from './support/process.ts'
import type { RunningCommand } from './support/process.ts'
import type { AddressInfo } from 'node:net'

describe('nebula: finding the running node', () => {
  let workshop: Workshop
  let node: RunningCommand

  before(async () => {
    workshop = await Workshop.open()
    node = await workshop.start('node')
  })

  after(async () => {
    await workshop.end()
  })

  it('ends with 1 for a wrong token, and works again with the right one', async () => {
    const path = join(node.dataDir, 'token')
    const token = await readFile(path, 'utf8')

    await writeFile(path, 'B'.repeat(43))

    const wrong = await workshop.run(['peers', '--data-dir', node.dataDir])

    await rm(path)

    const missing = await workshop.run(['peers', '--data-dir', node.dataDir])

    await writeFile(path, token)

    const right = await workshop.run(['peers', '--data-dir', node.dataDir])

    assert.equal(wrong.code, 1)
    assert.match(wrong.stderr, /^nebula: the node at http:\/\/127\.0\.0\.1:\d+ refuses the token in .*\n$/)
    assert.equal(missing.code, 1)
    assert.match(missing.stderr, /^nebula: no token in .*\n$/)
    assert.equal(right.code, 0)
  })

  it('takes the files a killed node left for no node, and starts there again', async () => {
    const killed = await workshop.start('killed')

    await killed.stop('SIGKILL')

    const dead = await workshop.run(['peers', '--data-dir', killed.dataDir])

    await writeFile(
      join(killed.dataDir, 'control.json'),
      JSON.stringify({ address: await nobodyAt(), pid: process.pid })
    )

    const silent = await workshop.run(['peers', '--data-dir', killed.dataDir])
    const again = await workshop.start('killed')

    for (const { code, stderr } of [dead, silent]) {
      assert.deepEqual([code, stderr], [1, `nebula: no node is running on ${killed.dataDir}\n`])
    }

    assert.equal(again.peerId, killed.peerId)
    assert.equal((await again.stop()).code, 0)
  })

  it('does not give the token to who listens where a dead node did', async () => {
    const killed = await workshop.start('robbed')
    const { pid } = killed.child
    let requests = 0
    const stranger = createServer((_, response) => {
      requests++
      response.end('{"peers":[]}')
    }).listen(0, '127.0.0.1')

    await Promise.all([killed.stop('SIGKILL'), new Promise((resolve) => stranger.once('listening', resolve))])

    const { port } = stranger.address() as AddressInfo

    await writeFile(
      join(killed.dataDir, 'control.json'),
      JSON.stringify({ address: `http://127.0.0.1:${port}`, pid })
    )

    const { code } = await workshop.run(['peers', '--data-dir', killed.dataDir])

    stranger.close()
    assert.deepEqual([code, requests], [1, 0])
  })

  it('leaves nothing behind when it cannot start', async () => {
    const args = [
      'start',
      '--no-mdns',
      '--data-dir',
      workshop.path('again'),
      '--http',
      `127.0.0.1:${new URL(String(node.readyLine['http'])).port}`
    ]

    assert.equal((await workshop.run(args)).code, 1)
    assert.equal((await workshop.run(['peers', '--data-dir', workshop.path('again')])).code, 1)

    const again = await workshop.start('again')

    assert.equal((await again.stop()).code, 0)
  })
})

/** An address where nobody listens any more. */
async function nobodyAt(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')

  await once(server, 'listening')

  const { port } = server.address() as AddressInfo

  server.close()
  await once(server, 'close')

  return `http://127.0.0.1:${port}`
}
