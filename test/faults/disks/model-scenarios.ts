/** Models on a disk that is smaller than they are. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { statfs, writeFile } from 'node:fs/promises'
import { mountSmall } from '../network/support/conditions.ts'
import { CommandNode } from './command-node.ts'
import type { Scenario } from '../../support/lan-runner.ts'
import type { Lan } from '../../support/lan.ts'

const MIB = 1_048_576
const DISK_BYTES = 8 * MIB

/** A model that does not fit fails and says so, received or own, and leaves room for others at once. */
async function modelTooLarge(lan: Lan): Promise<unknown> {
  const [files, dataDir, senderDir] = await Promise.all([lan.tempDir(), lan.tempDir(), lan.tempDir()])
  const [large, small] = [`${files}/large`, `${files}/small`]

  await mountSmall(dataDir, DISK_BYTES)
  await writeFile(large, randomBytes(3 * DISK_BYTES))
  await writeFile(small, randomBytes(MIB))

  const node = await CommandNode.start(lan.host(1), dataDir)
  const sender = await CommandNode.start(lan.host(2), senderDir, ['--direct', node.address])
  const send = async (from: CommandNode, to: CommandNode, file: string, round: number) =>
    from.run('models', 'send', to.peerId, file, '--round', String(round))

  await Promise.all([node.event('link:open'), sender.event('link:open')])

  const received = await send(sender, node, large, 1)

  assert.equal(received.code, 1)
  assert.match(received.stderr, /NO_SPACE/)
  assert.equal((await node.event('warning'))['code'], 'disk-full')
  assert.deepEqual(await send(sender, node, small, 2), {
    code: 0,
    stdout: `delivered to ${node.peerId}\n`,
    stderr: ''
  })
  await node.event('warning:end')

  const own = await send(node, sender, large, 3)

  assert.equal(own.code, 1)
  assert.match(own.stderr, /The disk has no room for the model/)

  const { bavail, bsize } = await statfs(dataDir)

  assert.ok(bavail * bsize > DISK_BYTES / 2, 'what there was of the model is on the disk still')
  assert.equal((await send(node, sender, small, 4)).code, 0)
  assert.equal((await send(sender, node, small, 5)).code, 0)

  for (const each of [node, sender]) {
    assert.equal((await each.stop()).code, 0)
  }

  return { refused: received.stderr.trim() }
}

export const modelScenarios: Scenario[] = [
  { name: 'a model that does not fit on the disk', run: modelTooLarge }
]
