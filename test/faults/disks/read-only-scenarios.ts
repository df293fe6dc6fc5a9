/** A data directory on a disk that turns read only while the node runs, and can be written again later. */
import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { coverReadOnly, mountSmall } from '../network/support/conditions.ts'
import { fillDisk } from '../support/fill-disk.ts'
import { CommandNode } from './command-node.ts'
import type { Scenario } from '../../support/lan-runner.ts'
import type { Lan } from '../../support/lan.ts'

const DISK_BYTES = 4 * 1_048_576

/** As long as allowed, in bytes: the page that the open log ends in can be written to the last. */
const REASON = '\u6e2c'.repeat(256)
const MAX_ENTRIES = 12

/** Each way, each by a command of its own. */
const MESSAGES = 1

interface NodeJson {
  warnings: Array<{ code: string; message: string }>
}

/** It is told once everywhere, messages keep flowing, and what could not be written is written afterwards. */
async function turnsReadOnly(lan: Lan): Promise<unknown> {
  const [dataDir, otherDir] = await Promise.all([lan.tempDir(), lan.tempDir()])
  const filler = `${dataDir}/filler`

  await mountSmall(dataDir, DISK_BYTES)

  const node = await CommandNode.start(lan.host(1), dataDir)
  const other = await CommandNode.start(lan.host(2), otherDir, ['--direct', node.address])

  await Promise.all([node.event('link:open'), other.event('link:open')])

  const told = (name: string): number =>
    node.lines.filter(({ event, code }) => event === name && code === 'store-not-written').length
  const codes = async (): Promise<string[]> => {
    const { warnings } = JSON.parse(await node.get('/api/v1/node')) as NodeJson

    return warnings.map(({ code }) => code)
  }
  const metric = async (): Promise<string | undefined> =>
    /^nebula_warnings\{[^}]*"store-not-written"[^}]*\} (\d+)$/m.exec(await node.get('/metrics'))?.[1]
  const added: string[] = []
  const add = async (): Promise<void> => {
    const address = `203.0.113.${added.length + 1}`
    const { code, stderr } = await node.run('blacklist', 'add', address, '--reason', REASON)

    assert.equal(code, 0, stderr)
    added.push(address)
  }

  await add()
  assert.deepEqual(await codes(), [])

  // what is open for writing has no room, and nothing can be opened for writing
  await fillDisk(filler)
  const uncover = await coverReadOnly(dataDir)

  for (let left = MAX_ENTRIES; told('warning') === 0 && left > 0; left--) {
    await add()
  }

  await add()
  assert.deepEqual(await codes(), ['store-not-written'])
  assert.equal(await metric(), '1')
  await exchange(node, other)
  assert.equal(told('warning'), 1)
  assert.equal(told('warning:end'), 0)

  await uncover()
  await rm(filler)
  await node.event('warning:end', ({ code }) => code === 'store-not-written')
  assert.deepEqual(await codes(), [])
  assert.equal(await metric(), '0')
  await exchange(node, other)
  assert.equal((await other.stop()).code, 0)

  // nothing is written at the end that was not written when the disk could be written again
  const { stderr } = await node.stop('SIGKILL')
  const lines = stderr.split('\n').filter((line) => line.includes('cannot be saved'))

  assert.equal(lines.length, 2, stderr)
  assert.match(lines[0] ?? '', / warning: What the node knows cannot be saved \(/)
  assert.match(lines[1] ?? '', / no longer so: /)

  const again = await CommandNode.start(lan.host(1), dataDir)
  const { stdout } = await again.run('blacklist')

  assert.deepEqual(
    added.filter((address) => !new RegExp(`\\b${address.replaceAll('.', '\\.')}\\b`).test(stdout)),
    [],
    stdout
  )
  assert.equal((await again.stop()).code, 0)

  return { entries: added.length, told: lines[0] }
}

/** The receiver tells each message. */
async function exchange(a: CommandNode, b: CommandNode): Promise<void> {
  for (const [from, to] of [
    [a, b],
    [b, a]
  ] as const) {
    const before = messages(to)

    for (let i = 0; i < MESSAGES; i++) {
      const { code, stderr } = await from.run('send', to.peerId, 'control', 'overhead')

      assert.equal(code, 0, stderr)
    }

    await to.event('message', () => messages(to) >= before + MESSAGES)
  }
}

function messages({ lines }: CommandNode): number {
  return lines.filter(({ event }) => event === 'message').length
}

export const readOnlyScenarios: Scenario[] = [
  { name: 'a disk that turns read only, and can be written again', run: turnsReadOnly }
]
