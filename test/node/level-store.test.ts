import assert from 'node:assert/strict'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Key } from 'interface-datastore'
import { openDataDir } from '../../src/node/index.ts'
import { settle } from '../support/manual-clock.ts'
import type { LevelStore } from '../../src/node/level-store.ts'

const COUNT = 200

describe('a LevelDB that is opened again', () => {
  let dir: string
  let store: LevelStore
  let close: () => Promise<void>

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nebula-level-'))
    ;({ datastore: store, close } = await openDataDir(dir))

    for (let i = 0; i < COUNT; i++) {
      await store.put(new Key(`/n/${i}`), Uint8Array.of(i))
    }

    await store.put(new Key('/other'), Uint8Array.of(1))
  })

  after(async () => {
    await close()
    await rm(dir, { recursive: true, force: true })
  })

  async function assertAll(): Promise<void> {
    const keys: string[] = []
    let pairs = 0

    for await (const key of store.queryKeys({ prefix: '/n/' })) {
      keys.push(key.toString())
    }

    for await (const { key, value } of store.query({ prefix: '/n/' })) {
      assert.equal(value[0], Number(key.baseNamespace()))
      pairs++
    }

    assert.deepEqual([keys.length, pairs], [COUNT, COUNT])
    assert.deepEqual([...(await store.get(new Key('/n/7')))], [7])
    assert.deepEqual([await store.has(new Key('/other')), await store.has(new Key('/none'))], [true, false])
    await assert.rejects(store.get(new Key('/none')), { name: 'NotFoundError' })
  }

  it('answers reads all the time, and a slow reader does not keep it from being closed', async () => {
    const slow = store.query({ prefix: '/n/' })

    await slow.next()

    const state = { reopened: false }
    const reopening = store.reopen().finally(() => {
      state.reopened = true
    })

    do {
      await assertAll()
      await settle()
    } while (!state.reopened)

    await reopening

    for (let left = COUNT - 1; left > 0; left--) {
      assert.equal((await slow.next()).done, false)
    }

    assert.equal((await slow.next()).done, true)
    await store.put(new Key('/n/7'), Uint8Array.of(7))
    await assertAll()
  })

  it('answers reads from memory as long as it cannot be opened', async () => {
    const path = join(dir, 'store')

    await rename(path, `${path}.away`)
    await assert.rejects(store.reopen())
    await assertAll()
    await assert.rejects(store.reopen())
    await assertAll()
    // LevelDB makes the directory, and a lock in it
    await rm(path, { recursive: true })
    await rename(`${path}.away`, path)
    await store.reopen()
    await assertAll()
    await store.put(new Key('/n/7'), Uint8Array.of(7))
    await store.reopen()
    await assertAll()
  })
})
