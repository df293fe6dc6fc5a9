import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createOverlayNode, has, linkNodes, next, until, withNodes } from '../support/overlay-nodes.ts'
import type { NebulaInit, NeighbourUpdate } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const FAST = { redialDelay: 50, maxRedialDelay: 200, redialRounds: 1_000 }
const NEVER = { links: { redialRounds: 0 } }

/** Pulls the cable. */
function cut(a: OverlayNode, b: OverlayNode): void {
  a.getConnections(b.peerId).forEach((connection) => connection.abort(new Error('cable pulled')))
}

/** An engine that writes down what it is told. */
function engine(told: string[]): NonNullable<NebulaInit['engine']> {
  return {
    round: () => null,
    learningCycleFinished: () => false,
    updateNeighbours: ({ added, neighbours }: NeighbourUpdate) => {
      told.push(`${added ? '+' : '-'}${neighbours.length}`)
    }
  }
}

function statesOf({ services: { nebula } }: OverlayNode): string[] {
  return nebula.links({ reconnecting: true }).map(({ state }) => state)
}

describe('a lost link', () => {
  for (const [neighbourLoss, expected] of [
    [undefined, ['+1']],
    ['at-once', ['+1', '-0', '+1']]
  ] as const) {
    it(`that heals tells the engine ${expected.join(', ')} with neighbourLoss ${neighbourLoss}`, async () => {
      const told: string[] = []
      const init = { links: { ...FAST, neighbourLoss }, engine: engine(told) }

      await withNodes(
        [createOverlayNode(init), createOverlayNode(NEVER)],
        async (a: OverlayNode, b: OverlayNode) => {
          const { nebula } = a.services

          await linkNodes(a, b)

          const closed = next(a, 'link:close')
          const redial = next(a, 'link:redial')
          const opened = next(a, 'link:open')

          cut(a, b)
          assert.equal((await closed).link.state, 'closed')
          await redial
          assert.deepEqual([statesOf(a), nebula.links(), nebula.peers()], [['reconnecting'], [], []])
          assert.equal(nebula.link(b.peerId), undefined)
          assert.equal(nebula.link(b.peerId, { reconnecting: true })?.state, 'reconnecting')
          assert.match(String(nebula), /direct reconnecting\]/)

          assert.equal((await opened).state, 'open')
          await nebula.send(b.peerId, nebula.createMessage('control', 'overhead'))
          assert.deepEqual([statesOf(a), told], [['open'], expected])
        }
      )
    })
  }

  it('tells the engine when the peer is given up, and no longer counts as ready', async () => {
    const told: string[] = []
    const links = { redialAttempts: 2, redialRounds: 2, redialDelay: 10, maxRedialDelay: 20 }

    await withNodes(
      [createOverlayNode({ links, engine: engine(told) }), createOverlayNode(NEVER)],
      async (a: OverlayNode, b: OverlayNode) => {
        await linkNodes(a, b)
        a.services.nebula.addReadyConnection(b.peerId)
        assert.equal(a.services.nebula.checkFederationReady(), true)

        const gone = next(a, 'peer:disconnected')
        const redial = next(a, 'link:redial')

        cut(a, b)
        await redial
        assert.deepEqual([told, a.services.nebula.checkFederationReady()], [['+1'], true])
        await b.stop()
        await gone
        await until('the engine knows', () => told.length === 2)
        assert.deepEqual(
          [told, statesOf(a), a.services.nebula.checkFederationReady()],
          [['+1', '-0'], [], false]
        )
      }
    )
  })

  it('tells the engine at once of a disconnection meanwhile', async () => {
    const told: string[] = []
    // long enough for the test
    const links = { redialDelay: 3_600_000, maxRedialDelay: 3_600_000 }

    await withNodes(
      [createOverlayNode({ links, engine: engine(told) }), createOverlayNode(NEVER)],
      async (a: OverlayNode, b: OverlayNode) => {
        await linkNodes(a, b)

        const redial = next(a, 'link:redial')

        cut(a, b)
        await redial
        assert.deepEqual([told, statesOf(a)], [['+1'], ['reconnecting']])
        await a.services.nebula.disconnect(b.peerId)
        await until('the engine knows', () => told.length === 2)
        assert.deepEqual([told, statesOf(a)], [['+1', '-0'], []])
      }
    )
  })

  for (const name of ['direct', 'members'] as const) {
    it(`of a peer in ${name} is told of, and tells the engine nothing when it heals`, async () => {
      const [atA, atB]: [string[], string[]] = [[], []]

      await withNodes([createOverlayNode({ engine: engine(atB) })], async (b: OverlayNode) => {
        const init = {
          engine: engine(atA),
          joining: { direct: true, retryDelay: 100, maxRetryDelay: 200 },
          [name]: b.getMultiaddrs().slice(0, 1)
        }

        await withNodes([createOverlayNode(init)], async (a: OverlayNode) => {
          await until('they are neighbours', () => atA.length === 1 && atB.length === 1)

          const redial = next(a, 'link:redial')

          cut(a, b)
          assert.ok((await redial).peer.equals(b.peerId))
          assert.deepEqual([(await redial).round, (await redial).attempt], [1, 1])
          await until('they are linked again', () => has(a, b.peerId) && has(b, a.peerId))
          await until('the link is direct', () => a.services.nebula.link(b.peerId)?.direct === true)
          await until('no link is lost', () => !a.services.nebula.redialling(b.peerId))
          assert.deepEqual([atA, atB], [['+1'], ['+1']])
        })
      })
    })
  }
})
