import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { LevelDatastore } from 'datastore-level'
import * as fc from 'fast-check'
import { Key } from 'interface-datastore'
import { isLogDamaged } from '../../src/node/level-log.ts'

/** The record after which nothing is missed; the last may be half written. */
const LAST_BYTES = 600

describe('a log of LevelDB', () => {
  let dir: string
  let log: Uint8Array

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nebula-log-'))

    const store = new LevelDatastore(dir)

    await store.open()

    for (let i = 0; i < 500; i++) {
      await store.put(new Key(`/${i}`), new Uint8Array((i * 37) % 500).fill(i))
    }

    await store.close()

    const [file = ''] = (await readdir(dir)).filter((name) => name.endsWith('.log'))

    log = await readFile(join(dir, file))
    assert.ok(log.byteLength > 100_000)
  })

  after(async () => {
    await rm(dir, { recursive: true })
  })

  it('is whole as LevelDB writes it, empty, and with room made ready', () => {
    assert.equal(isLogDamaged(log), false)
    assert.equal(isLogDamaged(new Uint8Array(0)), false)
    assert.equal(isLogDamaged(Buffer.concat([log, new Uint8Array(4_096)])), false)
  })

  it('may end anywhere', () => {
    fc.assert(
      fc.property(fc.nat(log.byteLength), (end) => {
        assert.equal(isLogDamaged(log.subarray(0, end)), false)
      })
    )
  })

  it('is damaged when any bit is another', () => {
    fc.assert(
      fc.property(fc.nat(log.byteLength - LAST_BYTES), fc.nat(7), (at, bit) => {
        const changed = Uint8Array.from(log)

        changed[at] = (changed[at] ?? 0) ^ (1 << bit)
        assert.equal(isLogDamaged(changed), true)
      })
    )
  })

  it('is damaged when it is something else', () => {
    assert.equal(isLogDamaged(new Uint8Array(40_000).fill(0xa5)), true)
  })
})
