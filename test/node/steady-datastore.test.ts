import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { SteadyDatastore } from '../../src/node/steady-datastore.ts'
import { Warnings } from '../../src/warnings/index.ts'
import { ManualClock } from '../support/manual-clock.ts'

const [A, B, C] = [new Key('/peers/a'), new Key('/peers/b'), new Key('/other/c')]

/** A disk that a test fills up. */
class Disk extends MemoryDatastore {
  failure?: Error
  reopened = 0

  async reopen(): Promise<void> {
    this.reopened++
    this.#check()
  }

  override put(key: Key, value: Uint8Array): ReturnType<MemoryDatastore['put']> {
    this.#check()

    return super.put(key, value)
  }

  override delete(key: Key): ReturnType<MemoryDatastore['delete']> {
    this.#check()

    return super.delete(key)
  }

  #check(): void {
    if (this.failure != null) {
      throw this.failure
    }
  }
}

const bytes = (value: number): Uint8Array => new Uint8Array([value])

describe('a datastore on a disk that fills up', () => {
  const full = new Error('no space left on device')
  let disk: Disk
  let clock: ManualClock
  let warnings: Warnings
  let store: SteadyDatastore

  beforeEach(async () => {
    disk = new Disk()
    clock = new ManualClock()
    warnings = new Warnings({ logger: defaultLogger() }, { clock })
    store = new SteadyDatastore(
      { datastore: disk, logger: defaultLogger(), warnings },
      { maxUnsaved: 2, clock }
    )
    await store.put(A, bytes(1))
    await store.put(C, bytes(3))
  })

  async function all(): Promise<Record<string, number>> {
    const found: Record<string, number> = {}

    for await (const { key, value } of store.query({ prefix: '/peers' })) {
      found[key.toString()] = value[0] ?? 0
    }

    for await (const key of store.queryKeys({ prefix: '/peers' })) {
      assert.ok(key.toString() in found)
    }

    return found
  }

  it('reads what could not be saved as if it had been', async () => {
    disk.failure = full
    await store.put(A, bytes(10))
    await store.put(B, bytes(20))
    assert.deepEqual([await store.get(A), await store.get(B)], [bytes(10), bytes(20)])
    assert.equal(await store.has(B), true)
    assert.deepEqual(await all(), { '/peers/a': 10, '/peers/b': 20 })
    assert.equal(store.unsaved, 2)
  })

  it('does not read what could not be deleted', async () => {
    disk.failure = full
    await store.delete(A)
    await assert.rejects(store.get(A), { name: 'NotFoundError' })
    assert.equal(await store.has(A), false)
    assert.deepEqual(await all(), {})
  })

  it('saves what it kept as soon as there is room, after the datastore was opened again', async () => {
    disk.failure = full
    await store.put(A, bytes(10))
    await store.put(A, bytes(11))
    await store.delete(C)
    await clock.advance(5_000)
    assert.equal(store.unsaved, 2)

    const attempts = disk.reopened

    assert.ok(attempts >= 4)
    disk.failure = undefined
    await clock.advance(1_000)
    assert.equal(disk.reopened, attempts + 1)
    assert.equal(store.unsaved, 0)
    assert.deepEqual(await disk.get(A), bytes(11))
    assert.equal(await disk.has(C), false)
    assert.equal(clock.pending, 0)

    await store.put(B, bytes(20))
    assert.equal(disk.reopened, attempts + 1)
  })

  it('warns once while it cannot save', async () => {
    disk.failure = full
    await store.put(A, bytes(10))
    await clock.advance(3_000)
    await store.put(A, bytes(11))
    assert.deepEqual(
      warnings.list().map(({ code, error }) => [code, error]),
      [['store-not-written', full]]
    )
    assert.match(warnings.list()[0]?.message ?? '', /no space left on device/)
    disk.failure = undefined
    await clock.advance(1_000)
    assert.deepEqual(warnings.list(), [])
  })

  it('saves what it kept when it is closed, and waits for nothing after that', async () => {
    disk.failure = full
    await store.put(A, bytes(10))
    disk.failure = undefined
    await store.close()
    assert.deepEqual(await disk.get(A), bytes(10))
    assert.equal(clock.pending, 0)
    await store.put(A, bytes(11))
    assert.deepEqual(await disk.get(A), bytes(10))
  })

  it('is closed although the disk is full', async () => {
    disk.failure = full
    await store.put(A, bytes(10))
    await store.close()
    assert.equal(clock.pending, 0)
  })

  it('keeps as many as it may, the latest', async () => {
    disk.failure = full
    await store.put(A, bytes(10))
    await store.put(B, bytes(20))
    await store.put(A, bytes(11))
    assert.equal(store.unsaved, 2)
    await store.put(C, bytes(30))
    assert.equal(store.unsaved, 2)
    await assert.rejects(async () => store.get(B), { name: 'NotFoundError' })
    assert.deepEqual([await store.get(A), await store.get(C)], [bytes(11), bytes(30)])
  })

  it('tells of damage, and of a signal', async () => {
    const damaged = new SteadyDatastore(
      { datastore: disk, logger: defaultLogger() },
      { isDamage: (err) => err === full, clock }
    )

    disk.failure = full
    await assert.rejects(damaged.put(A, bytes(1)), full)
    await assert.rejects(store.put(A, bytes(1), { signal: AbortSignal.abort(new Error('enough')) }), {
      message: 'enough'
    })
    assert.equal(store.unsaved, 0)
  })
})
