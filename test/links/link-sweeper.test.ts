import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ManualClock } from '../support/manual-clock.ts'
import { createOverlayNode, has, next, until, withNodes } from '../support/overlay-nodes.ts'
import type { NebulaInit } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Connection } from '@libp2p/interface'

const TIMEOUT = 60_000
const SWEEP = 1_000
const GRACE = 4_000

type Scene = (a: OverlayNode, b: OverlayNode, clocks: { a: ManualClock; b: ManualClock }) => Promise<void>

async function scene(run: Scene, init: NebulaInit = {}): Promise<void> {
  const clocks = { a: new ManualClock(), b: new ManualClock() }
  const links = {
    inactivityTimeout: TIMEOUT,
    sweepInterval: SWEEP,
    surplusConnectionGrace: GRACE,
    // the clocks run faster than anything is sent
    aliveInterval: 500 * TIMEOUT,
    silenceTimeout: 1_000 * TIMEOUT
  }

  await withNodes(
    [createOverlayNode({ clock: clocks.a, links }), createOverlayNode({ clock: clocks.b, links, ...init })],
    async (a: OverlayNode, b: OverlayNode) => run(a, b, clocks)
  )
}

async function link(a: OverlayNode, b: OverlayNode, direct: boolean): Promise<void> {
  await a.services.nebula.connect(b.getMultiaddrs(), { direct })
  await until('b has the link', () => has(b, a.peerId))
}

describe('LinkSweeper, inactive links', () => {
  it('closes an undirected link that was idle for the timeout, and tells the other end why', async () => {
    await scene(async (a, b, clocks) => {
      await link(a, b, false)

      const closed = Promise.all([next(a, 'link:close'), next(b, 'link:close')])

      await clocks.a.advance(TIMEOUT - 1)
      assert.equal(has(a, b.peerId), true)
      await clocks.a.advance(1)
      assert.deepEqual(
        (await closed).map(({ reason }) => reason),
        ['inactive', 'inactive']
      )
      assert.deepEqual(a.services.nebula.restrictions(), [])
    })
  })

  it('is quiet when both ends close at once', async () => {
    await scene(async (a, b, clocks) => {
      await link(a, b, false)

      const closed = Promise.all([next(a, 'link:close'), next(b, 'link:close')])

      await Promise.all([clocks.a.advance(TIMEOUT), clocks.b.advance(TIMEOUT)])
      assert.deepEqual(
        (await closed).map(({ reason }) => reason),
        ['inactive', 'inactive']
      )
      assert.deepEqual([...a.services.nebula.restrictions(), ...b.services.nebula.restrictions()], [])
    })
  })

  it('never closes a direct link, and counts from the last message for one that is no longer direct', async () => {
    await scene(async (a, b, clocks) => {
      await link(a, b, true)
      await clocks.a.advance(10 * TIMEOUT)
      await clocks.b.advance(10 * TIMEOUT)
      assert.deepEqual([has(a, b.peerId), has(b, a.peerId)], [true, true])

      await a.services.nebula.setDirect(b.peerId, false)

      const closed = next(a, 'link:close')

      await clocks.a.advance(SWEEP)
      assert.equal((await closed).reason, 'inactive')
    })
  })

  it('takes alive for no activity, whichever end says it', async () => {
    await scene(async (a, b, clocks) => {
      await link(a, b, false)

      const closed = next(a, 'link:close')

      await clocks.a.advance(TIMEOUT - SWEEP)

      for (const [from, to] of [
        [a, b],
        [b, a]
      ] as const) {
        const received = next(to, 'message:control:alive')

        await from.services.nebula.send(to.peerId, from.services.nebula.createMessage('control', 'alive'))
        await received
      }

      await clocks.a.advance(SWEEP)
      assert.equal((await closed).reason, 'inactive')
    })
  })

  for (const direction of ['sent', 'received'] as const) {
    it(`begins anew with each message ${direction}`, async () => {
      await scene(async (a, b, clocks) => {
        await link(a, b, false)

        for (let i = 0; i < 3; i++) {
          await clocks.a.advance(TIMEOUT - SWEEP)

          const { nebula } = a.services
          const message = nebula.createMessage('control', 'overhead')

          if (direction === 'sent') {
            await nebula.send(b.peerId, message)
          } else {
            const received = next(a, 'message')

            await b.services.nebula.send(a.peerId, message)
            await received
          }
        }

        assert.equal(has(a, b.peerId), true)

        const closed = next(a, 'link:close')

        await clocks.a.advance(TIMEOUT)
        assert.equal((await closed).reason, 'inactive')
      })
    })
  }
})

/** The connections of a simultaneous dial, which libp2p does not settle: one that carries the link, and one too many. */
async function surplus(a: OverlayNode, b: OverlayNode): Promise<{ dialler: OverlayNode; left: Connection }> {
  for (let round = 0; round < 20; round++) {
    await Promise.all([
      a.services.nebula.connect(b.getMultiaddrs()),
      b.services.nebula.connect(a.getMultiaddrs())
    ])

    await until('both ends have settled', () => has(b, a.peerId))

    for (const [dialler, other] of [
      [a, b],
      [b, a]
    ] as const) {
      const connections = dialler.getConnections(other.peerId)
      const left = connections.find(
        ({ direction, streams }) => direction === 'outbound' && !streams.some(isHandshake)
      )

      if (connections.length === 2 && left != null) {
        return { dialler, left }
      }
    }

    await a.services.nebula.disconnect(b.peerId)
    await until('b knows', () => !has(b, a.peerId))
    await Promise.all([a, b].map(async (node) => node.services.nebula.clearRestrictions()))
    await Promise.all([a.hangUp(b.peerId), b.hangUp(a.peerId)])
  }

  throw new Error('The dials never crossed')
}

function isHandshake({ protocol }: { protocol: string }): boolean {
  return protocol.startsWith('/nebula/handshake/')
}

describe('LinkSweeper, surplus connections', () => {
  it('leaves one connection of a simultaneous dial, after the grace', async () => {
    await scene(async (a, b, clocks) => {
      await surplus(a, b)

      const count = (): number[] => [a.getConnections(b.peerId).length, b.getConnections(a.peerId).length]

      await Promise.all([clocks.a.advance(GRACE), clocks.b.advance(GRACE)])
      assert.deepEqual(count(), [2, 2])
      // found by one sweep, closed by the one that comes when the grace is over
      await Promise.all([clocks.a.advance(SWEEP), clocks.b.advance(SWEEP)])
      await until('one is left', () => count().every((length) => length === 1))
      assert.deepEqual([has(a, b.peerId), has(b, a.peerId)], [true, true])

      const received = next(b, 'message')

      await a.services.nebula.send(b.peerId, a.services.nebula.createMessage('control', 'alive'))
      await received
    })
  })

  it('never closes a connection that a stream of the application is on, but when that has ended', async () => {
    await scene(async (a, b, clocks) => {
      const { dialler, left } = await surplus(a, b)
      const other = dialler === a ? b : a

      await other.handle('/user/1.0.0', () => {})

      const stream = await left.newStream('/user/1.0.0')

      await Promise.all([clocks.a.advance(20 * GRACE), clocks.b.advance(20 * GRACE)])
      assert.deepEqual([left.status, stream.status], ['open', 'open'])

      stream.abort(new Error('done'))
      await Promise.all([clocks.a.advance(2 * GRACE), clocks.b.advance(2 * GRACE)])
      await until('it is closed', () => left.status === 'closed')
      assert.equal(has(a, b.peerId), true)
    })
  })

  it('closes the connection of a refusal and of a link that has ended, when it had dialled it', async () => {
    await scene(
      async (a, b, clocks) => {
        await assert.rejects(a.services.nebula.connect(b.getMultiaddrs()), { reason: 'FEDERATION_MISMATCH' })
        assert.equal(a.getConnections(b.peerId).length, 1)
        await clocks.a.advance(GRACE + SWEEP)
        await until('it is closed', () => a.getConnections(b.peerId).length === 0)
      },
      { federation: 'other' }
    )

    await scene(async (a, b, clocks) => {
      await link(a, b, false)
      await b.services.nebula.disconnect(a.peerId)
      await until('a knows', () => !has(a, b.peerId))
      await clocks.b.advance(GRACE + SWEEP)
      assert.equal(a.getConnections(b.peerId).length, 1, 'it is not for the end that was dialled to close it')
      await clocks.a.advance(GRACE + SWEEP)
      await until('it is closed', () => a.getConnections(b.peerId).length === 0)
    })
  })

  it('never closes a connection that the user dialled, before or during the attempt', async () => {
    for (const dialled of ['before', 'during'] as const) {
      await scene(
        async (a, b, clocks) => {
          const dialling = a.dial(b.getMultiaddrs())

          if (dialled === 'before') {
            await dialling
          }

          await assert.rejects(a.services.nebula.connect(b.getMultiaddrs()), {
            reason: 'FEDERATION_MISMATCH'
          })
          await clocks.a.advance(20 * GRACE)
          assert.equal(a.getConnections(b.peerId).length, 1, dialled)
          assert.equal((await dialling).status, 'open', dialled)
        },
        { federation: 'other' }
      )
    }
  })

  it('has one timer while it runs, and none after it has stopped', async () => {
    const clock = new ManualClock()
    const node = await createOverlayNode({ clock })

    assert.equal(clock.pending, 1)
    await node.services.nebula.stopBeacon()
    await clock.advance(20 * SWEEP)
    assert.equal(clock.pending, 1)
    await node.stop()
    assert.equal(clock.pending, 0)
  })
})
