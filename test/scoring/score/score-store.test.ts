import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { MemoryDatastore } from 'datastore-core'
import { LevelDatastore } from 'datastore-level'
import { Key } from 'interface-datastore'
import { PeerScores } from '../../../src/scoring/score/peer-scores.ts'
import { createPeerId } from '../../support/create-peer-id.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import type { PeerScoresInit } from '../../../src/scoring/score/peer-scores.ts'
import type { Batch, Datastore } from 'interface-datastore'

const MINUTE = 60_000

function create(datastore: Datastore, init: Partial<PeerScoresInit> = {}): PeerScores {
  return new PeerScores(
    { datastore, logger: defaultLogger() },
    {
      standing: () => ({ colocation: 0, opinion: 0 }),
      isBlacklisted: () => false,
      onGraylisted: () => assert.fail('told of what an earlier run told'),
      onRecovered: () => {},
      onBlacklist: () => {},
      ...init
    }
  )
}

async function keys(datastore: Datastore): Promise<string[]> {
  const found: string[] = []

  for await (const key of datastore.queryKeys({})) {
    found.push(key.toString())
  }

  return found.toSorted()
}

describe('scores in a datastore', () => {
  it('hold over a restart, and decay meanwhile as they would have', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nebula-scores-'))

    try {
      const clock = new ManualClock()
      const [bad, worse, good] = await Promise.all(Array.from({ length: 3 }, createPeerId))

      assert.ok(bad && worse && good)

      for (const run of [1, 2]) {
        const datastore = new LevelDatastore(directory)

        await datastore.open()
        const scores = create(datastore, { clock, onGraylisted: () => assert.equal(run, 1) })

        await scores.load()
        scores.start()

        if (run === 1) {
          scores.linked(good)
          scores.record(good, 'firstDeliveries', 50)
          scores.record(bad, 'transfer', 6)
          scores.record(worse, 'bomb')
          scores.record(worse, 'duplicates', 10)
        } else {
          assert.equal(scores.score(good), 0)
          assert.equal(scores.size, 2)
          assert.ok(Math.abs(scores.score(bad)) < 1e-6, 'three failed transfers are below the threshold')
          assert.ok(Math.abs(scores.score(worse) - -60) < 1e-6)
          assert.equal(scores.isGraylisted(worse), true)
        }

        await scores.stop()
        await datastore.close()

        if (run === 1) {
          await clock.advance(10 * MINUTE)
        }
      }
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })

  it('hold over a restart before which the clock had not been set', async () => {
    const datastore = new MemoryDatastore()
    const worse = await createPeerId()

    for (const clock of [new ManualClock(MINUTE), new ManualClock()]) {
      const first = clock.now() === MINUTE
      const scores = create(datastore, { clock, onGraylisted: () => assert.ok(first) })

      await scores.load()
      scores.start()

      if (first) {
        scores.record(worse, 'bomb')
      }

      assert.ok(Math.abs(scores.score(worse) - -120) < 1e-6, String(scores.score(worse)))
      await scores.stop()
    }
  })

  it('are written at the sweep, in one batch, and deleted when they are forgotten', async () => {
    const datastore = new MemoryDatastore()
    const clock = new ManualClock()
    const scores = create(datastore, { clock })
    const peers = await Promise.all(Array.from({ length: 3 }, createPeerId))

    await scores.load()
    scores.start()

    for (const peer of peers) {
      scores.record(peer, 'transfer')
    }

    assert.deepEqual(await keys(datastore), [])
    await clock.advance(5_000)
    assert.deepEqual(await keys(datastore), peers.map((peer) => `/nebula/scores/${peer}`).toSorted())
    scores.forget(peers[0] as (typeof peers)[0])
    await clock.advance(5_000)
    assert.equal((await keys(datastore)).length, 2)
    // a counter of 1 is nothing after seven half-lives
    await clock.advance(70 * MINUTE)
    assert.deepEqual(await keys(datastore), [])
    await scores.stop()
  })

  it('are written some at a time', async () => {
    const datastore = new CountingDatastore()
    const clock = new ManualClock()
    const scores = create(datastore, { clock })

    await scores.load()
    scores.start()

    for (const peer of await Promise.all(Array.from({ length: 257 }, createPeerId))) {
      scores.record(peer, 'transfer')
    }

    await scores.stop()
    assert.deepEqual(datastore.batches, [256, 1])
  })

  it('that could not be written are written later', async () => {
    const datastore = new CountingDatastore()
    const clock = new ManualClock()
    const scores = create(datastore, { clock })

    await scores.load()
    scores.start()
    datastore.failing = true
    scores.record(await createPeerId(), 'transfer')
    await clock.advance(5_000)
    assert.deepEqual(await keys(datastore), [])
    datastore.failing = false
    await clock.advance(5_000)
    assert.equal((await keys(datastore)).length, 1)
    await scores.stop()
  })

  it('of too long ago, and what is none, are deleted at the start', async () => {
    const clock = new ManualClock()
    const datastore = new MemoryDatastore()
    const peer = String(await createPeerId())
    const other = String(await createPeerId())
    const counters = { bomb: 1 }
    const at = clock.now()
    const put = async (name: string, value: unknown): Promise<void> => {
      await datastore.put(new Key(`/nebula/scores/${name}`), new TextEncoder().encode(JSON.stringify(value)))
    }

    await datastore.put(new Key('/nebula/scores/one'), new Uint8Array([0xff]))
    await put('two', null)
    await put('three', { peer: 'three', counters, at })
    await put('four', { peer, counters, at })
    await put(other, { peer: other, counters, at: at - 3_600_001 })
    await put(peer, { peer, counters: { ...counters, unheard: 'x' }, at })

    const scores = create(datastore, { clock })

    await scores.load()
    scores.start()
    assert.equal(scores.size, 1)
    assert.equal(scores.list()[0]?.score, -120)
    await scores.stop()
    assert.deepEqual(await keys(datastore), [`/nebula/scores/${peer}`])
  })

  for (const counter of ['-1', '"1"', '1e999', '{}', '[1]', 'true']) {
    it(`are none with a counter of ${counter}`, async () => {
      const datastore = new MemoryDatastore()
      const peer = String(await createPeerId())

      await datastore.put(
        new Key(`/nebula/scores/${peer}`),
        new TextEncoder().encode(`{"peer":"${peer}","at":${Date.now()},"counters":{"bomb":${counter}}}`)
      )
      const scores = create(datastore)

      await scores.load()
      scores.start()
      assert.equal(scores.size, 0)
      await scores.stop()
    })
  }

  it('of a clock that was ahead have not decayed, and are no more than their cap', async () => {
    const clock = new ManualClock()
    const datastore = new MemoryDatastore()
    const peer = await createPeerId()

    await datastore.put(
      new Key(`/nebula/scores/${peer}`),
      new TextEncoder().encode(
        JSON.stringify({ peer: String(peer), at: clock.now() + 1e10, counters: { bomb: 9 } })
      )
    )
    const scores = create(datastore, { clock })

    await scores.load()
    scores.start()
    assert.equal(scores.score(peer), -240)
    await scores.stop()
  })

  it('are no more than allowed when there are more in the datastore', async () => {
    const datastore = new MemoryDatastore()
    const earlier = create(datastore)

    await earlier.load()

    for (const peer of await Promise.all(Array.from({ length: 4 }, createPeerId))) {
      earlier.record(peer, 'transfer')
    }

    await earlier.stop()
    const scores = create(datastore, { maxPeers: 2 })

    await scores.load()
    scores.start()
    assert.equal(scores.size, 2)
    await scores.stop()
    assert.equal((await keys(datastore)).length, 2)
  })

  it('do not start without a datastore that can be read', async () => {
    const datastore = new CountingDatastore()

    datastore.query = () => {
      throw new Error('unreadable')
    }

    await assert.rejects(create(datastore).load(), { message: 'unreadable' })
  })
})

class CountingDatastore extends MemoryDatastore {
  /** How many writes each batch had. */
  readonly batches: number[] = []
  failing = false

  override batch(): Batch {
    const batch = super.batch()
    const { put, commit } = batch
    let writes = 0

    return {
      ...batch,
      put: (key, value) => {
        writes++
        put.call(batch, key, value)
      },
      commit: async (options) => {
        if (this.failing) {
          throw new Error('the disk is full')
        }

        this.batches.push(writes)
        await commit.call(batch, options)
      }
    }
  }
}
