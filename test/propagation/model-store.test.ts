import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MIN_CHUNK_BYTES } from '../../protocols/model/limits.ts'
import { ModelStore } from '../../src/propagation/model-store.ts'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileStorage, MemoryStorage, StoredModel } from '../../src/propagation/index.ts'
import { createModel } from '../protocols/model/support/headers.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { PayloadStorage } from '../../src/propagation/index.ts'

async function store(chunks: number, storage: PayloadStorage = new MemoryStorage()): Promise<StoredModel> {
  const model = await createModel(MIN_CHUNK_BYTES * chunks)
  const stored = new StoredModel(model.signed, storage.create(), false)

  for (const [index, chunk] of model.chunks.entries()) {
    await stored.write(index, chunk)
  }

  return stored
}

describe('the store of models', () => {
  it('drops the oldest for a new one, at the limit of their number', async () => {
    const models = new ModelStore({ maxStoredModels: 2, clock: new ManualClock() })
    const [a, b, c] = [await store(1), await store(1), await store(1)]

    models.add(a)
    models.add(b)
    assert.deepEqual(models.complete(), [a, b])
    models.renew(a)
    models.add(c)
    assert.deepEqual(models.complete(), [a, c])
    await assert.rejects(b.read(0), { name: 'ModelGoneError' })
  })

  it('drops as many as needed, at the limit of their bytes', async () => {
    const models = new ModelStore({ maxStoredBytes: 4 * MIN_CHUNK_BYTES, clock: new ManualClock() })
    const [a, b, c, d] = [await store(1), await store(1), await store(2), await store(4)]

    for (const model of [a, b, c]) {
      models.add(model)
    }

    assert.equal(models.bytes, 4 * MIN_CHUNK_BYTES)
    models.add(d)
    assert.deepEqual(models.complete(), [d])
    assert.throws(() => models.makeRoom(4 * MIN_CHUNK_BYTES + 1), { name: 'ModelStoreFullError' })
    assert.deepEqual(models.complete(), [d])
  })

  it('keeps what is in use, and refuses what does not fit beside it', async () => {
    const models = new ModelStore({ maxStoredModels: 2, clock: new ManualClock() })
    const [a, b, c] = [await store(1), await store(1), await store(1)]

    models.add(a)
    models.add(b)
    const release = [a.retain(), b.retain()]

    assert.throws(() => models.add(c), { name: 'ModelStoreFullError' })
    release[1]?.()
    models.add(c)
    assert.deepEqual(models.complete(), [a, c])
  })

  it('drops models with age, those in use later', async () => {
    const clock = new ManualClock()
    const models = new ModelStore({ modelTtl: 1_000, clock })
    const [a, b] = [await store(1), await store(1)]

    models.add(a)
    await clock.advance(400)
    models.add(b)
    const release = a.retain()

    await clock.advance(999)
    assert.equal(models.get(a.id), a)
    assert.equal(models.get(b.id), b)
    await clock.advance(1)
    assert.deepEqual(models.complete(), [a])
    release()
    await clock.advance(1_000)
    assert.equal(models.size, 0)
    assert.equal(models.bytes, 0)
    assert.equal(clock.pending, 0)
  })

  it('is empty without a timer once it is cleared', async () => {
    const clock = new ManualClock()
    const models = new ModelStore({ clock })

    models.add(await store(1))
    models.clear()
    assert.deepEqual([models.size, models.bytes, clock.pending], [0, 0, 0])
  })
})

for (const [name, create] of [
  ['files', () => new FileStorage()],
  ['memory', () => new MemoryStorage()]
] as const) {
  describe(`payloads in ${name}`, () => {
    it('are read while they are written, in any order', async () => {
      const storage = create()

      await storage.start()

      try {
        const model = await createModel(MIN_CHUNK_BYTES * 2 + 9)
        const stored = new StoredModel(model.signed, storage.create(), false)

        for (const index of [2, 0, 1]) {
          assert.equal(stored.has(index), false)
          const arrival = stored.available(index)

          await stored.write(index, model.chunks[index] as Uint8Array)
          await arrival
          assert.ok(
            Buffer.from(model.chunks[index] as Uint8Array).equals((await stored.read(index)).subarray())
          )
        }

        assert.equal(stored.complete, true)
        assert.equal(stored.receivedBytes, model.payload.byteLength)
        assert.deepEqual([...stored.missing()], [])
      } finally {
        await storage.stop()
      }
    })

    it('stay until the last user of a dropped model has left', async () => {
      const storage = create()

      await storage.start()

      try {
        const stored = await store(1, storage)
        const release = stored.retain()

        void stored.drop()
        assert.equal((await stored.read(0)).byteLength, MIN_CHUNK_BYTES)
        release()
        await assert.rejects(stored.read(0), { name: 'ModelGoneError' })
        assert.throws(() => stored.retain(), { name: 'ModelGoneError' })
      } finally {
        await storage.stop()
      }
    })
  })
}

describe('files of payloads', () => {
  it('have no name, and leave a given directory as it was', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nebula-test-'))
    const storage = new FileStorage(join(directory, 'models'))

    try {
      await writeFile(join(directory, 'mine'), 'x')
      await storage.start()

      const payload = storage.create()

      await payload.write(0, new Uint8Array([1, 2, 3]))
      assert.deepEqual(await readdir(join(directory, 'models')), [])
      assert.deepEqual(new Uint8Array((await payload.read(0, 3)).subarray()), new Uint8Array([1, 2, 3]))
      await payload.remove()
      await storage.stop()
      assert.deepEqual((await readdir(directory)).sort(), ['mine', 'models'])
    } finally {
      await rm(directory, { recursive: true })
    }
  })
})
