import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import { MemoryDatastore } from 'datastore-core'
import { EXPIRY_TICK_MS } from '../../src/lib/expiry.ts'
import { Restrictions } from '../../src/scoring/index.ts'
import { parseSubnet } from '../../src/lib/net/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import { createOverlayNode } from '../support/overlay-nodes.ts'
import type { Nebula } from '../../src/index.ts'
import type { PeerId, Startable } from '@libp2p/interface'

/** Times of which not too many ticks pass. */
const MINUTE = 60_000
const LONG = 24 * MINUTE
const addr = multiaddr('/ip4/203.0.113.7/tcp/1')

describe('the end of a restriction', () => {
  let clock: ManualClock
  let datastore: MemoryDatastore
  let peer: PeerId
  let restrictions: Restrictions

  /** As after a restart, of a process that ended without a word. */
  async function start(): Promise<Restrictions> {
    restrictions = new Restrictions({ datastore, logger: defaultLogger() }, { clock })
    await restrictions.start()

    return restrictions
  }

  /** Shuts out a peer and an address. */
  async function add(ttl: number): Promise<void> {
    await restrictions.add('blacklisted', peer, 'a reason', ttl)
    await restrictions.addresses.add(parseSubnet('203.0.113.0/24'), 'a reason', ttl)
  }

  function assertHold(hold: boolean): void {
    assert.deepEqual([restrictions.isBlacklisted(peer), restrictions.addresses.has(addr)], [hold, hold])
  }

  function assertEnd(expiresAt: number): void {
    assert.deepEqual(
      [...restrictions.list(), ...restrictions.addresses.list()].map((entry) => entry.expiresAt),
      [expiresAt, expiresAt]
    )
  }

  /** It holds for exactly so long from now on. */
  async function assertLeft(ms: number): Promise<void> {
    await clock.advance(ms - 1)
    assertHold(true)
    await clock.advance(1)
    assertHold(false)
  }

  beforeEach(async () => {
    clock = new ManualClock()
    datastore = new MemoryDatastore()
    peer = await createPeerId()
    await start()
  })

  afterEach(async () => {
    await restrictions.stop()
    assert.equal(clock.pending, 0)
  })

  for (const leap of [25 * MINUTE, -25 * MINUTE]) {
    it(`is as far away as before when the clock leaps by ${leap / MINUTE} min`, async () => {
      await add(LONG)
      await clock.advance(MINUTE)
      clock.leap(leap)
      assertHold(true)
      await clock.advance(EXPIRY_TICK_MS)
      assertEnd(clock.now() + 23 * MINUTE - EXPIRY_TICK_MS)
      await assertLeft(23 * MINUTE - EXPIRY_TICK_MS)
    })

    it(`is so after a restart, too, when the clock has leapt by ${leap / MINUTE} h before`, async () => {
      await add(MINUTE)
      clock.leap(leap)
      await clock.advance(EXPIRY_TICK_MS)
      await restrictions.stop()
      await start()
      assertEnd(clock.now() + MINUTE - EXPIRY_TICK_MS)
      await assertLeft(MINUTE - EXPIRY_TICK_MS)
    })

    it(`is right for what is added while the clock is off by ${leap / MINUTE} min`, async () => {
      await add(LONG)
      clock.leap(leap)
      await add(MINUTE)
      assertHold(true)
      await clock.advance(EXPIRY_TICK_MS)
      assertHold(true)
      await clock.advance(MINUTE)
      assertHold(false)
    })
  }

  it('is where it was after a clock that was off for a while, whoever looked meanwhile', async () => {
    for (const ticks of [0, 3]) {
      await add(MINUTE)
      clock.leap(-2 * MINUTE)
      assertHold(true)
      await clock.advance(ticks * EXPIRY_TICK_MS)
      assertHold(true)
      restrictions.list()
      clock.leap(2 * MINUTE)
      assertHold(true)
      await assertLeft(MINUTE - ticks * EXPIRY_TICK_MS)
    }
  })

  it('comes in time when a timer is late by less than a leap', async () => {
    await add(10_000)
    clock.leap(3_000)
    await clock.advance(EXPIRY_TICK_MS)
    await assertLeft(10_000 - 3_000 - EXPIRY_TICK_MS)
  })

  it('stays when the clock is set back to before it', async () => {
    await add(MINUTE)
    await clock.advance(2 * MINUTE)
    assertHold(false)
    clock.leap(-3 * MINUTE)
    assertHold(false)
    await start()
    assertHold(false)
  })

  it('goes by wall time over a restart, and is no further away than the entry was made for', async () => {
    await add(LONG)
    await restrictions.stop()
    clock.leap(MINUTE)
    await start()
    assertEnd(clock.now() + 23 * MINUTE)
    await restrictions.stop()
    clock.leap(-5 * MINUTE)
    await start()
    assertEnd(clock.now() + LONG)
  })

  it('is not put off again by each restart after a clock that was ahead', async () => {
    clock.leap(365 * 1_440 * MINUTE)
    await add(LONG)
    await restrictions.stop()
    clock.leap(-365 * 1_440 * MINUTE)
    await start()

    const end = clock.now() + LONG

    assertEnd(end)
    await restrictions.stop()
    clock.leap(LONG - MINUTE)
    await start()
    assertEnd(end)
    await restrictions.stop()
    clock.leap(MINUTE)
    await start()
    assertHold(false)
  })

  it('is as far away as ever when the clock had not been set before the restart, and is then what it is', async () => {
    const right = clock.now()

    clock.leap(MINUTE - right)
    await add(LONG)
    await restrictions.stop()
    clock.leap(right - clock.now())
    await start()
    assertHold(true)
    assertEnd(right + LONG)
    await restrictions.stop()
    clock.leap(LONG)
    await start()
    assertHold(false)
  })

  it('is not before its time when the clock is not set after the restart', async () => {
    const right = clock.now()

    await add(LONG)
    await restrictions.stop()
    clock.leap(MINUTE - right)
    await start()
    assertEnd(MINUTE + LONG)
    // set by NTP while the node runs
    clock.leap(right - clock.now())
    await clock.advance(EXPIRY_TICK_MS)
    assertHold(true)
  })

  it('is waited for only while there are entries', async () => {
    assert.equal(clock.pending, 0)
    await add(LONG)
    assert.equal(clock.pending, 2)
    await clock.advance(LONG)
    assert.equal(clock.pending, 0)

    let left = 0

    for await (const _ of datastore.queryKeys({})) {
      left++
    }

    assert.equal(left, 0)
    await add(LONG)
    await restrictions.stop()
    await restrictions.stop()
    await add(LONG)
    await settle()
    assert.equal(clock.pending, 0)
  })

  it('is waited for no more when the node stops before it has started', async () => {
    await add(LONG)
    await restrictions.stop()

    const node = await createOverlayNode({ restrictions }, { start: false })
    const overlay = node.services.nebula as Nebula & Startable

    await overlay.beforeStart?.()
    assert.equal(clock.pending, 2)
    await overlay.stop()
    assert.equal(clock.pending, 0)
  })
})
