import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { MemoryDatastore } from 'datastore-core'
import { LevelDatastore } from 'datastore-level'
import { Key } from 'interface-datastore'
import { Restrictions } from '../../src/scoring/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { RestrictionsInit } from '../../src/scoring/index.ts'
import type { Datastore } from 'interface-datastore'

const PREFIX = '/nebula/restrictions'

async function start(datastore: Datastore, init: RestrictionsInit = {}): Promise<Restrictions> {
  const restrictions = new Restrictions({ datastore, logger: defaultLogger() }, init)

  await restrictions.start()
  started.push(restrictions)

  return restrictions
}

const started: Restrictions[] = []

afterEach(async () => {
  await Promise.all(started.splice(0).map(async (restrictions) => restrictions.stop()))
})

async function keys(datastore: Datastore): Promise<string[]> {
  const found: string[] = []

  for await (const key of datastore.queryKeys({})) {
    found.push(key.toString())
  }

  return found
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

describe('restrictions in a datastore', () => {
  it('hold over a restart, each until the tick at which its time is over', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nebula-restrictions-'))

    try {
      const clock = new ManualClock()
      const [black, recent, removed] = await Promise.all([1, 2, 3].map(createPeerId))

      assert.ok(black && recent && removed)

      for (const run of [1, 2]) {
        const datastore = new LevelDatastore(directory)

        await datastore.open()
        const restrictions = await start(datastore, { clock })

        if (run === 1) {
          await restrictions.add('blacklisted', black, 'a reason')
          await restrictions.add('recently-disconnected', recent, '')
          await restrictions.add('blacklisted', removed, '')
          await restrictions.remove('blacklisted', removed)
          await clock.advance(59_999)
        } else {
          assert.equal(restrictions.isRecentlyDisconnected(recent), true)
          assert.equal(restrictions.isBlacklisted(removed), false)
          assert.deepEqual(restrictions.list()[0], {
            kind: 'blacklisted',
            peer: black,
            reason: 'a reason',
            expiresAt: clock.now() + 180_001
          })
          await clock.advance(1)
          assert.equal(restrictions.isRecentlyDisconnected(recent), false)
          await clock.advance(180_000 - 1)
          assert.equal(restrictions.isBlacklisted(black), true)
          await clock.advance(1)
          assert.equal(restrictions.isBlacklisted(black), false)
        }

        await restrictions.stop()
        await datastore.close()
      }
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })

  it('are gone from the datastore when removed, cleared, or without room', async () => {
    const datastore = new MemoryDatastore()
    const restrictions = await start(datastore, { maxEntries: 2 })
    const [first, second, third] = await Promise.all([1, 2, 3].map(createPeerId))

    assert.ok(first && second && third)

    for (const peer of [first, second, third]) {
      await restrictions.add('blacklisted', peer, '')
    }

    await restrictions.stop()
    assert.deepEqual(
      (await keys(datastore)).toSorted(),
      [second, third].map((peer) => `${PREFIX}/blacklisted/${peer}`).toSorted()
    )
    await restrictions.remove('blacklisted', third)
    assert.deepEqual(await keys(datastore), [`${PREFIX}/blacklisted/${second}`])
    await restrictions.clear()
    assert.deepEqual(await keys(datastore), [])
  })

  it('end in the datastore as in memory, whatever is called before a write is done', async () => {
    const datastore = new SlowPuts()
    const restrictions = await start(datastore)
    const peer = await createPeerId()

    await Promise.all([restrictions.add('blacklisted', peer, ''), restrictions.remove('blacklisted', peer)])
    assert.equal(restrictions.isBlacklisted(peer), false)
    assert.deepEqual(await keys(datastore), [])
  })

  it('that have expired, or are none, are deleted at the start', async () => {
    const clock = new ManualClock()
    const datastore = new MemoryDatastore()
    const peer = String(await createPeerId())
    const other = String(await createPeerId())
    const entry = { kind: 'blacklisted', peer, reason: '', expiresAt: clock.now() + 1 }
    const put = async (name: string, value: Uint8Array): Promise<void> => {
      await datastore.put(new Key(`${PREFIX}/${name}`), value)
    }

    await put(`blacklisted/${other}`, json({ ...entry, peer: other, expiresAt: clock.now() }))
    await put('blacklisted/one', new Uint8Array([0xff, 0x00]))
    await put('blacklisted/two', json(null))
    await put('blacklisted/three', json({ ...entry, peer: 'three' }))
    await put('blacklisted/four', json({ ...entry, kind: 'forgiven' }))
    await put('blacklisted/five', json({ ...entry, expiresAt: 'soon' }))
    await put('blacklisted/six', json({ ...entry, reason: undefined }))
    // under a name that is not its own it could never be removed
    await put('blacklisted/seven', json(entry))
    await put(`blacklisted/${peer}`, json(entry))
    await datastore.put(new Key('/peers/another'), new Uint8Array(1))

    const restrictions = await start(datastore, { clock })

    assert.deepEqual(
      restrictions.list().map((info) => String(info.peer)),
      [peer]
    )
    await restrictions.stop()
    assert.deepEqual((await keys(datastore)).toSorted(), [`${PREFIX}/blacklisted/${peer}`, '/peers/another'])
  })

  it('last no longer than an entry does, whatever the clock was when they were written', async () => {
    const clock = new ManualClock()
    const datastore = new MemoryDatastore()
    const [far, never] = await Promise.all([1, 2].map(createPeerId))

    for (const [peer, expiresAt] of [
      [far, String(clock.now() + 10_000_000_000)],
      [never, '1e999']
    ] as const) {
      await datastore.put(
        new Key(`${PREFIX}/blacklisted/${peer}`),
        new TextEncoder().encode(
          `{"kind":"blacklisted","peer":"${peer}","reason":"","expiresAt":${expiresAt}}`
        )
      )
    }

    const restrictions = await start(datastore, { clock })

    assert.deepEqual(
      restrictions.list().map(({ expiresAt }) => expiresAt),
      [clock.now() + 240_000, clock.now() + 240_000]
    )
  })

  it('are no more than allowed when there are more in the datastore', async () => {
    const clock = new ManualClock()
    const datastore = new MemoryDatastore()
    const earlier = await start(datastore, { clock })
    const peers = await Promise.all([1, 2, 3].map(createPeerId))

    for (const peer of peers) {
      await earlier.add('blacklisted', peer, '')
      await clock.advance(1)
    }

    const restrictions = await start(datastore, { clock, maxEntries: 2 })

    assert.deepEqual(restrictions.apply(peers), peers.slice(0, 1))
  })

  it('hold when the datastore cannot be written', async () => {
    const restrictions = await start(new BrokenWrites())
    const [peer, other] = await Promise.all([1, 2].map(createPeerId))

    assert.ok(peer && other)
    await restrictions.add('blacklisted', peer, '')
    await restrictions.add('recently-disconnected', other, '')
    assert.deepEqual(restrictions.apply([peer, other]), [])
    await restrictions.remove('blacklisted', peer)
    assert.deepEqual(restrictions.apply([peer, other]), [peer])
    await restrictions.stop()
  })

  it('let no node start that cannot read them, and can be started later', async () => {
    const datastore = new MemoryDatastore()
    const query = datastore.query.bind(datastore)
    const restrictions = new Restrictions({ datastore, logger: defaultLogger() })

    datastore.query = () => {
      throw new Error('unreadable')
    }
    await assert.rejects(restrictions.start(), { message: 'unreadable' })
    datastore.query = query
    await restrictions.start()
    await restrictions.start()
  })

  it('outlive a stop: connections may outlast the overlay', async () => {
    const restrictions = await start(new BrokenWrites())
    const peer = await createPeerId()

    await restrictions.add('blacklisted', peer, '')
    await restrictions.stop()
    await restrictions.stop()
    assert.equal(restrictions.isBlacklisted(peer), true)
    await restrictions.start()
    assert.equal(restrictions.isBlacklisted(peer), true)
  })
})

class BrokenWrites extends MemoryDatastore {
  override put(): never {
    throw new Error('the disk is full')
  }

  override delete(): never {
    throw new Error('the disk is full')
  }
}

/** A put that takes longer than the delete that follows it. */
class SlowPuts extends MemoryDatastore {
  override async put(...args: Parameters<MemoryDatastore['put']>): Promise<Key> {
    await new Promise<void>((resolve) => setImmediate(resolve))

    return super.put(...args)
  }
}
