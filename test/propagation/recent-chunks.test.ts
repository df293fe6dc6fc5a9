import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MIN_CHUNK_BYTES } from '../../protocols/model/limits.ts'
import { RECENT_CHUNKS_BYTES } from '../../src/propagation/constants.ts'
import { RecentChunks } from '../../src/propagation/recent-chunks.ts'
import { MemoryStorage, StoredModel } from '../../src/propagation/index.ts'
import { createModel } from '../protocols/model/support/headers.ts'
import type { Payload } from '../../src/propagation/index.ts'

const KEPT = RECENT_CHUNKS_BYTES / MIN_CHUNK_BYTES

/** A whole model of one chunk more than are kept, sent to some receivers, and the chunks read so far. */
async function model(receivers = 2): Promise<{ stored: StoredModel; reads: number[] }> {
  const { signed, chunks } = await createModel(MIN_CHUNK_BYTES * (KEPT + 1))
  const reads: number[] = []
  const payload = new MemoryStorage().create()
  const counting: Payload = {
    write: async (position, data) => payload.write(position, data),
    read: async (position, length) => {
      reads.push(position / MIN_CHUNK_BYTES)

      return payload.read(position, length)
    },
    remove: async () => payload.remove()
  }
  const stored = new StoredModel(signed, counting, false)

  for (const [index, chunk] of chunks.entries()) {
    await stored.write(index, chunk)
  }

  for (let receiver = 0; receiver < receivers; receiver++) {
    stored.onChunk(() => {})
  }

  return { stored, reads }
}

describe('recent chunks', () => {
  it('are there for all who want them as soon as one reads them', async () => {
    const chunks = new RecentChunks(1)
    const first = Promise.withResolvers<Uint8Array>()
    const reading = chunks.read(4, async () => first.promise)

    first.resolve(new Uint8Array(1))
    assert.equal(await chunks.get(4), await reading)
    assert.equal(chunks.get(5), undefined)
  })

  it('are not kept when reading them failed', async () => {
    const chunks = new RecentChunks(1)

    await assert.rejects(chunks.read(0, async () => Promise.reject(new Error('no disk'))))
    assert.equal(chunks.get(0), undefined)
  })

  it('of a model in use are bounded: the oldest is read again', async () => {
    const { stored, reads } = await model()
    const release = stored.retain()

    for (let index = 0; index < KEPT; index++) {
      await stored.read(index)
    }

    await stored.read(0)
    assert.equal(reads.length, KEPT)
    await stored.read(KEPT)
    await stored.read(1)
    assert.equal(reads.length, KEPT + 1)
    await stored.read(0)
    assert.deepEqual(reads.slice(KEPT), [KEPT, 0])
    release()
  })

  it('are forgotten when nobody uses the model', async () => {
    const { stored, reads } = await model()
    const release = stored.retain()

    await stored.read(0)
    release()
    await stored.read(0)
    assert.deepEqual(reads, [0, 0])
  })

  it('are not those that an application reads, which may change them', async () => {
    const { stored, reads } = await model()
    const release = stored.retain()

    await stored.read(0)
    await stored.readAlone(0)
    await stored.readAlone(0)
    assert.deepEqual(reads, [0, 0, 0])
    release()
  })

  it('are not kept for one receiver alone', async () => {
    const { stored, reads } = await model(1)
    const release = stored.retain()

    await stored.read(0)
    await stored.read(0)
    assert.deepEqual(reads, [0, 0])
    release()
  })

  it('are those that come while someone sends the model', async () => {
    const { signed, chunks } = await createModel(MIN_CHUNK_BYTES)
    const stored = new StoredModel(
      signed,
      {
        write: async () => {},
        read: async () => assert.fail('it has just come'),
        remove: async () => {}
      },
      false
    )
    const release = stored.retain()
    const stop = stored.onChunk(() => {})

    await stored.write(0, chunks[0] as Uint8Array)
    assert.deepEqual(
      new Uint8Array((await stored.read(0)).subarray()),
      new Uint8Array(chunks[0] as Uint8Array)
    )
    stop()
    release()
  })
})
