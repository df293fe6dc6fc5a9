import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { MemoryDatastore } from 'datastore-core'
import { Restrictions } from '../../src/scoring/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { RestrictionsInit } from '../../src/scoring/index.ts'

function create(init: RestrictionsInit = {}): Restrictions {
  return new Restrictions({ datastore: new MemoryDatastore(), logger: defaultLogger() }, init)
}

describe('restrictions', () => {
  const ttls = { blacklisted: 240_000, 'recently-disconnected': 60_000 } as const

  for (const kind of ['blacklisted', 'recently-disconnected'] as const) {
    const holds = (restrictions: Restrictions, peer: Awaited<ReturnType<typeof createPeerId>>): boolean =>
      kind === 'blacklisted' ? restrictions.isBlacklisted(peer) : restrictions.isRecentlyDisconnected(peer)

    it(`hold a ${kind} peer until the tick at which its time is over`, async () => {
      const clock = new ManualClock()
      const restrictions = create({ clock })
      const peer = await createPeerId()
      const expiresAt = await restrictions.add(kind, peer, 'a reason')

      assert.equal(expiresAt, clock.now() + ttls[kind])
      assert.deepEqual(restrictions.list(), [{ kind, peer, reason: 'a reason', expiresAt }])
      await clock.advance(ttls[kind] - 1)
      assert.equal(holds(restrictions, peer), true)
      assert.deepEqual(restrictions.apply([peer]), [])
      await clock.advance(1)
      assert.equal(holds(restrictions, peer), false)
      assert.deepEqual(restrictions.apply([peer]), [peer])
      assert.deepEqual(restrictions.list(), [])
      // one that is not started has no timers
      assert.equal(clock.pending, 0)
    })

    it(`begin the time of a ${kind} peer anew when it is added again`, async () => {
      const clock = new ManualClock()
      const restrictions = create({ clock })
      const peer = await createPeerId()

      await restrictions.add(kind, peer, 'first')
      await clock.advance(ttls[kind] - 1)
      await restrictions.add(kind, peer, 'second')
      await clock.advance(ttls[kind] - 1)
      assert.equal(holds(restrictions, peer), true)
      assert.deepEqual(
        restrictions.list().map(({ reason }) => reason),
        ['second']
      )
    })
  }

  it('last no longer than they were made for when the clock is set back', async () => {
    const clock = new ManualClock()
    const restrictions = create({ clock })
    const [always, once] = await Promise.all([1, 2].map(createPeerId))

    assert.ok(always && once)
    await restrictions.add('blacklisted', always, '')
    await restrictions.add('blacklisted', once, '', 1_000)
    await restrictions.start()
    clock.leap(-3_600_000)
    assert.deepEqual(restrictions.apply([always, once]), [])
    await clock.advance(1_000)
    assert.deepEqual(restrictions.apply([always, once]), [once])
    await clock.advance(238_999)
    assert.equal(restrictions.isBlacklisted(always), true)
    await clock.advance(1)
    assert.equal(restrictions.isBlacklisted(always), false)
  })

  it('are not cut short by what names no time', async () => {
    const clock = new ManualClock()
    const restrictions = create({ clock })
    const peer = await createPeerId()
    const end = await restrictions.add('blacklisted', peer, 'bad one', 86_400_000)
    const long = { kind: 'blacklisted', peer, reason: 'bad one', expiresAt: end }

    assert.equal(await restrictions.add('blacklisted', peer, 'forced disconnection'), end)
    assert.deepEqual(restrictions.list(), [long])

    // a time that is named holds
    await restrictions.add('blacklisted', peer, 'not so bad', 1_000)
    assert.deepEqual(restrictions.list(), [{ ...long, reason: 'not so bad', expiresAt: clock.now() + 1_000 }])
    await restrictions.add('blacklisted', peer, 'forced disconnection')
    assert.deepEqual(restrictions.list(), [
      { ...long, reason: 'forced disconnection', expiresAt: clock.now() + 240_000 }
    ])
  })

  it('take their times from the init', async () => {
    const clock = new ManualClock()
    const restrictions = create({ clock, blacklistTtl: 10, recentlyDisconnectedTtl: 5 })
    const peer = await createPeerId()

    assert.equal(await restrictions.add('blacklisted', peer, ''), clock.now() + 10)
    assert.equal(await restrictions.add('recently-disconnected', peer, ''), clock.now() + 5)
  })

  it('keep the two kinds apart', async () => {
    const restrictions = create()
    const [black, recent, both, none] = await Promise.all([1, 2, 3, 4].map(createPeerId))

    assert.ok(black && recent && both && none)
    await restrictions.add('blacklisted', black, '')
    await restrictions.add('blacklisted', both, '')
    await restrictions.add('recently-disconnected', recent, '')
    await restrictions.add('recently-disconnected', both, '')
    assert.deepEqual(
      [black, recent, both, none].map((peer) => [
        restrictions.isBlacklisted(peer),
        restrictions.isRecentlyDisconnected(peer)
      ]),
      [
        [true, false],
        [false, true],
        [true, true],
        [false, false]
      ]
    )
    assert.deepEqual(restrictions.apply([black, none, recent, both]), [none])

    await restrictions.remove('blacklisted', both)
    await restrictions.remove('blacklisted', none)
    assert.deepEqual(
      [restrictions.isBlacklisted(both), restrictions.isRecentlyDisconnected(both)],
      [false, true]
    )

    await restrictions.clear()
    assert.deepEqual(restrictions.list(), [])
    assert.equal(restrictions.apply([black, recent, both, none]).length, 4)
  })

  it('are in force before they are written', async () => {
    const restrictions = create()
    const peer = await createPeerId()
    const added = restrictions.add('blacklisted', peer, '')

    assert.equal(restrictions.isBlacklisted(peer), true)
    await added
  })

  it('keep as many entries as allowed; the one that would expire first makes room', async () => {
    const clock = new ManualClock()
    const restrictions = create({ clock, maxEntries: 3 })
    const peers = await Promise.all([1, 2, 3, 4, 5].map(createPeerId))
    const [first, second, recent, fourth, fifth] = peers

    assert.ok(first && second && recent && fourth && fifth)
    await restrictions.add('blacklisted', first, '')
    await clock.advance(1)
    await restrictions.add('blacklisted', second, '')
    await restrictions.add('recently-disconnected', recent, '')
    assert.equal(restrictions.list().length, 3)

    // an entry begun anew needs no room
    await restrictions.add('blacklisted', second, '')
    assert.equal(restrictions.list().length, 3)

    await restrictions.add('blacklisted', fourth, '')
    assert.deepEqual(restrictions.apply(peers), [recent, fifth])

    // a new entry stays, though it is the one that expires first
    await restrictions.add('recently-disconnected', fifth, '')
    assert.deepEqual(restrictions.apply(peers), [first, recent])
    assert.equal(restrictions.list().length, 3)
  })

  it('keep 256 characters of a reason', async () => {
    const restrictions = create()

    await restrictions.add('blacklisted', await createPeerId(), 'x'.repeat(256))
    await restrictions.add('blacklisted', await createPeerId(), 'y'.repeat(257))
    assert.deepEqual(
      restrictions.list().map(({ reason }) => reason),
      ['x'.repeat(256), 'y'.repeat(256)]
    )
  })
})
