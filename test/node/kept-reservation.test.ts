import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { DialError } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import { TypedEventEmitter } from 'main-event'
import { KeptReservation } from '../../src/node/kept-reservation.ts'
import { MAX_RESERVATION_RETRY_MS, RESERVATION_RETRY_MS } from '../../src/node/constants.ts'
import { Warnings } from '../../src/warnings/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { Libp2pEvents, PeerId } from '@libp2p/interface'

const relay = await createPeerId()
const addr = multiaddr(`/ip4/192.0.2.1/tcp/1/p2p/${relay}/p2p-circuit`)

/** The reservations of a libp2p that has one relay. */
class Store extends TypedEventEmitter<{ 'relay:removed': CustomEvent<{ relay: PeerId }> }> {
  reserved = false
  /** The relays that libp2p would not ask again. */
  readonly filtered: Uint8Array[] = []
  readonly relayFilter = {
    remove: (id: Uint8Array): boolean => {
      this.filtered.push(id)

      return true
    }
  }

  hasReservation(): boolean {
    return this.reserved
  }

  lose(): void {
    this.reserved = false
    this.safeDispatchEvent('relay:removed', { detail: { relay } })
  }
}

describe('a reservation that is kept', () => {
  let clock: ManualClock
  let store: Store
  let events: TypedEventEmitter<Libp2pEvents>
  let warnings: Warnings
  let kept: KeptReservation
  let attempts: number
  let up: boolean

  const codes = (): string[] => warnings.list().map(({ code }) => code)

  beforeEach(() => {
    clock = new ManualClock()
    store = new Store()
    events = new TypedEventEmitter()
    warnings = new Warnings({ logger: defaultLogger() }, { clock })
    attempts = 0
    up = false
    kept = new KeptReservation(
      { store, events, warnings },
      {
        addr,
        relay,
        clock,
        random: () => 0,
        reserve: async () => {
          attempts++

          if (!up) {
            throw new DialError('refused')
          }

          store.reserved = true
        }
      }
    )
  })

  it('is asked for again and again, less and less often', async () => {
    await kept.start()
    assert.deepEqual([attempts, codes()], [1, ['relay-not-reserved']])

    await clock.advance(RESERVATION_RETRY_MS)
    assert.equal(attempts, 2)
    await clock.advance(RESERVATION_RETRY_MS)
    assert.equal(attempts, 2)
    await clock.advance(RESERVATION_RETRY_MS)
    assert.equal(attempts, 3)

    await clock.advance(10 * MAX_RESERVATION_RETRY_MS)

    const before = attempts

    await clock.advance(MAX_RESERVATION_RETRY_MS)
    assert.equal(attempts, before + 1)
    assert.deepEqual(codes(), ['relay-not-reserved'])

    up = true
    await clock.advance(MAX_RESERVATION_RETRY_MS)
    assert.deepEqual(codes(), [])
    assert.equal(clock.pending, 0)
  })

  it('is asked for although libp2p has given the relay up', async () => {
    await kept.start()
    assert.deepEqual(store.filtered, [relay.toMultihash().bytes])
  })

  it('is made again when it is lost, soon however often it failed before', async () => {
    await kept.start()
    await clock.advance(5 * MAX_RESERVATION_RETRY_MS)
    up = true
    await clock.advance(MAX_RESERVATION_RETRY_MS)
    attempts = 0
    store.lose()
    assert.deepEqual(codes(), ['relay-not-reserved'])
    await clock.advance(RESERVATION_RETRY_MS)
    assert.deepEqual([attempts, codes()], [1, []])
  })

  it('is made at once when the relay is back, and for no other peer', async () => {
    await kept.start()
    up = true
    events.safeDispatchEvent('peer:connect', { detail: await createPeerId() })
    await clock.advance(0)
    assert.equal(attempts, 1)
    events.safeDispatchEvent('peer:connect', { detail: relay })
    await clock.advance(0)
    assert.deepEqual([attempts, codes(), clock.pending], [2, [], 0])

    events.safeDispatchEvent('peer:connect', { detail: relay })
    await clock.advance(0)
    assert.equal(attempts, 2)
  })

  it('is left alone once it is stopped', async () => {
    await kept.start()
    kept.stop()
    assert.equal(clock.pending, 0)
    events.safeDispatchEvent('peer:connect', { detail: relay })
    store.lose()
    await clock.advance(MAX_RESERVATION_RETRY_MS)
    assert.equal(attempts, 1)
    // it is still not there
    assert.deepEqual(codes(), ['relay-not-reserved'])
  })

  it('keeps no start waiting for a relay that does not answer', async () => {
    const answer = Promise.withResolvers<void>()
    const mute = new KeptReservation(
      { store, events, warnings },
      { addr, relay, clock, random: () => 0, reserve: async () => answer.promise }
    )
    const started = mute.start()

    await clock.advance(MAX_RESERVATION_RETRY_MS)
    await started
    store.reserved = true
    answer.resolve()
    await clock.advance(0)
    assert.deepEqual([codes(), clock.pending], [[], 0])
  })
})
