import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { LocationTeller } from '../../src/discovery/index.ts'
import { EngineClient, idleEngine } from '../../src/engine/index.ts'
import { createNode } from '../../src/node/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import { createOverlayNode, linkNodes, next, until, withNodes } from '../support/overlay-nodes.ts'
import type { Engine, Message } from '../../src/index.ts'
import type { LinkManager } from '../../src/links/index.ts'
import type { PeerId } from '@libp2p/interface'

const INTERVAL_MS = 30_000
const configured = { latitude: 38.02, longitude: -1.17 }

describe('LocationTeller', () => {
  let a: PeerId
  let b: PeerId

  before(async () => {
    ;[a, b] = await Promise.all([createPeerId(), createPeerId()])
  })

  function setUp({
    location,
    ...init
  }: { location?: Engine['location']; configured?: typeof configured } = {}) {
    const clock = new ManualClock()
    const neighbours: PeerId[] = []
    const sent: string[] = []
    const warned: string[] = []
    let changes = 0
    const engine = new EngineClient(
      { ...idleEngine(), ...(location == null ? {} : { location }) },
      {
        clock,
        warnings: {
          raise: ({ subject = '' }) => void warned.push(subject),
          end: (_, subject = '') => void (warned.includes(subject) && warned.push(`end ${subject}`))
        }
      }
    )
    const links = { peers: () => neighbours } as unknown as LinkManager['links']
    const teller = new LocationTeller(
      {
        engine,
        linkManager: { links },
        messenger: {
          send: async (peer: PeerId, { type, fields }: Message) => {
            const { latitude, longitude } = fields as typeof configured

            sent.push(`${peer.equals(a) ? 'a' : 'b'} ${type} ${latitude} ${longitude}`)
            throw new Error('it is not acknowledged')
          }
        },
        logger: defaultLogger()
      },
      { ...init, interval: INTERVAL_MS, clock, onChange: () => changes++ }
    )

    return { clock, neighbours, teller, warned, changes: () => changes, sent: () => sent.splice(0) }
  }

  it('tells all neighbours at the interval, and a new one at once', async () => {
    const { clock, neighbours, teller, sent } = setUp({ configured })
    neighbours.push(a)
    teller.start()
    await settle()
    assert.deepEqual(sent(), ['a discovery 38.02 -1.17'])

    neighbours.push(b)
    teller.greet(b)
    assert.deepEqual(sent(), ['b discovery 38.02 -1.17'])

    for (let i = 0; i < 3; i++) {
      await clock.advance(INTERVAL_MS - 1)
      assert.deepEqual(sent(), [])
      await clock.advance(1)
      await settle()
      assert.deepEqual(sent(), ['a discovery 38.02 -1.17', 'b discovery 38.02 -1.17'])
    }

    teller.stop()
    teller.greet(a)
    await clock.advance(INTERVAL_MS)
    assert.deepEqual([sent(), clock.pending], [[], 0])
  })

  it('does nothing without a location', async () => {
    const { clock, neighbours, teller, sent, changes } = setUp()
    neighbours.push(a)
    teller.start()
    teller.greet(a)
    await clock.advance(INTERVAL_MS)
    assert.deepEqual([sent(), changes(), clock.pending], [[], 0, 0])
    teller.stop()
  })

  it('follows the engine, falls back to the configuration, and keeps the last one while the engine fails', async () => {
    const place = { latitude: 1, longitude: 2 }
    const answers: Array<() => unknown> = [
      () => place,
      async () => place,
      () => ({ latitude: 3, longitude: 4 }),
      () => ({ latitude: 91, longitude: 4 }),
      () => {
        throw new Error('no signal')
      },
      () => undefined
    ]
    const { clock, neighbours, teller, sent, warned, changes } = setUp({
      configured,
      location: () => (answers.shift() ?? (() => undefined))() as typeof place
    })
    const told: string[] = []

    neighbours.push(a)
    teller.start()

    for (let i = 0; i < 6; i++) {
      await settle()
      await settle()
      told.push(`${sent().join()}, ${changes()}`)
      await clock.advance(INTERVAL_MS)
    }

    teller.stop()
    assert.deepEqual(told, [
      'a discovery 1 2, 1',
      'a discovery 1 2, 1',
      'a discovery 3 4, 2',
      'a discovery 3 4, 2',
      'a discovery 3 4, 2',
      'a discovery 38.02 -1.17, 3'
    ])
    assert.deepEqual(warned.slice(0, 3), ['location', 'location', 'end location'])
  })
})

describe('the location of a node', () => {
  it('is told to a new neighbour, and again when the engine has moved it', async () => {
    let place = { latitude: 10.5, longitude: -20.25 }

    await withNodes(
      [
        createOverlayNode({
          engine: { ...idleEngine(), location: async () => place },
          location: { interval: 50 }
        }),
        createOverlayNode()
      ] as const,
      async (moving, other) => {
        const told = () => other.services.nebula.link(moving.peerId)?.location

        await linkNodes(moving, other)
        await until('the location of its own', () => moving.services.nebula.location != null)
        assert.deepEqual(moving.services.nebula.location, { latitude: 10.5, longitude: -20.25 })
        assert.equal(other.services.nebula.location, undefined)
        await until('the location', () => told()?.latitude === 10.5 && told()?.longitude === -20.25)
        place = { latitude: -33.5, longitude: 151.25 }
        await until('the next location', () => told()?.latitude === -33.5)
        assert.equal(moving.services.nebula.link(other.peerId)?.location, undefined)
      }
    )
  })

  it('is told when an undirected link becomes direct, and not before', async () => {
    await withNodes(
      [createOverlayNode({ location: { ...configured, interval: 3_600_000 } }), createOverlayNode()] as const,
      async (node, other) => {
        const told = next(other, 'message:discovery:discover')

        await linkNodes(node, other, false)
        await node.services.nebula.send(other.peerId, node.services.nebula.createMessage('control', 'alive'))
        assert.equal(other.services.nebula.link(node.peerId)?.location, undefined)
        await node.services.nebula.setDirect(other.peerId, true)
        assert.ok(Math.abs((await told).message.fields.latitude - configured.latitude) < 1e-5)
      }
    )
  })

  it('has to be a place on earth, and whole', async () => {
    for (const location of [{ latitude: 91, longitude: 0 }, { latitude: 1 }]) {
      await assert.rejects(createOverlayNode({ location }), { name: 'InvalidParametersError' })
      await assert.rejects(createNode({ location, mdns: { enabled: false } }), { name: 'ConfigError' })
    }
  })
})
