/** A data directory on a disk that is full for a while. */
import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { mountSmall } from '../network/support/conditions.ts'
import { fillDisk } from '../support/fill-disk.ts'
import { CommandNode } from './command-node.ts'
import type { Scenario } from '../../support/lan-runner.ts'
import type { Lan } from '../../support/lan.ts'

const DISK_BYTES = 4 * 1_048_576

/** As long as allowed, in bytes: the page that the log ends in has room although the disk is full. */
const REASON = '\u6e2c'.repeat(256)
/** Entries that do not fit in that page. */
const MAX_ENTRIES = 12

/**
 * A disk that is full twice while entries are written, and has room again. What was answered with success is there
 * after a restart.
 *
 * @param end - how the process ends
 * @param untilSaved - whether it ends only after it has saved what it kept
 */
async function fullForAMoment(lan: Lan, end: 'SIGTERM' | 'SIGKILL', untilSaved: boolean): Promise<unknown> {
  const dataDir = await lan.tempDir()
  const filler = `${dataDir}/filler`
  const added: string[] = []

  await mountSmall(dataDir, DISK_BYTES)
  const node = await CommandNode.start(lan.host(1), dataDir)
  const add = async (): Promise<void> => {
    const address = `203.0.113.${added.length + 1}`
    const { code, stderr } = await node.run('blacklist', 'add', address, '--reason', REASON)

    assert.equal(code, 0, stderr)
    added.push(address)
  }
  const told = (name: string): number => node.lines.filter(({ event }) => event === name).length

  await add()

  for (let turn = 1; turn <= 2; turn++) {
    await fillDisk(filler)

    for (let left = MAX_ENTRIES; told('warning') < turn && left > 0; left--) {
      await add()
    }

    await add()
    assert.equal((await node.event('warning'))['code'], 'store-not-written')
    assert.equal(told('warning'), turn)
    await rm(filler)

    if (turn === 1 || untilSaved) {
      await node.event('warning:end', () => told('warning:end') === turn)
      await add()
    }
  }

  const { code, stderr } = await node.stop(end)

  assert.equal(code, end === 'SIGTERM' ? 0 : null, stderr)
  assert.match(stderr, /cannot be saved/)

  const again = await CommandNode.start(lan.host(1), dataDir)
  const { stdout, ...list } = await again.run('blacklist')

  assert.equal(list.code, 0, list.stderr)

  assert.deepEqual(
    added.filter((address) => !new RegExp(`\\b${address.replaceAll('.', '\\.')}\\b`).test(stdout)),
    [],
    stdout
  )
  assert.equal(again.peerId, node.peerId)
  await again.stop()

  return { entries: added.length }
}

export const fullScenarios: Scenario[] = [
  {
    name: 'a disk that was full, and a process that is stopped later',
    run: async (lan) => fullForAMoment(lan, 'SIGTERM', true)
  },
  {
    name: 'a disk that was full, and a process that is stopped at once',
    run: async (lan) => fullForAMoment(lan, 'SIGTERM', false)
  },
  {
    name: 'a disk that was full, and a process that is killed',
    run: async (lan) => fullForAMoment(lan, 'SIGKILL', true)
  }
]
