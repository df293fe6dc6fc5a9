import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMessage } from '../../../src/messages/index.ts'
import { createOverlayNode, has, linkNodes, next, until, withNodes } from '../../support/overlay-nodes.ts'
import { TestEngine } from '../../support/test-engine.ts'
import type { NebulaInit, NeighbourAnswer, NeighbourRequest } from '../../../src/index.ts'
import type { OverlayNode } from '../../support/overlay-nodes.ts'

class DecidingEngine extends TestEngine {
  readonly requests: NeighbourRequest[] = []
  answer: NeighbourAnswer | Promise<NeighbourAnswer> | Error = { accept: true }

  acceptNeighbour(request: NeighbourRequest): NeighbourAnswer | Promise<NeighbourAnswer> {
    this.requests.push(request)

    if (this.answer instanceof Error) {
      throw this.answer
    }

    return this.answer
  }
}

/** A newcomer with an undirected link to a member, whose options are `init`. */
async function newcomer(
  init: NebulaInit,
  run: (newcomer: OverlayNode, member: OverlayNode) => Promise<void>,
  own: NebulaInit = {}
): Promise<void> {
  await withNodes(
    [createOverlayNode(own), createOverlayNode(init)],
    async (node: OverlayNode, member: OverlayNode) => {
      await linkNodes(node, member, false)
      await run(node, member)
    }
  )
}

async function ask(
  node: OverlayNode,
  member: OverlayNode,
  action: 'late_connect' | 'restructure' = 'late_connect'
): Promise<void> {
  const heard = next(member, `message:connection:${action}`)

  await node.services.nebula.send(member.peerId, createMessage('connection', action))
  await heard
}

function direct(a: OverlayNode, b: OverlayNode): boolean {
  return (
    a.services.nebula.link(b.peerId)?.direct === true && b.services.nebula.link(a.peerId)?.direct === true
  )
}

describe('requests to become a neighbour', () => {
  for (const action of ['late_connect', 'restructure'] as const) {
    it(`${action} is granted by an engine that does not say otherwise`, async () => {
      await newcomer({}, async (node, member) => {
        await ask(node, member, action)
        await until('they are neighbours', () => direct(node, member))
      })
    })
  }

  it("are the engine's to decide", async () => {
    const engine = new DecidingEngine()

    await newcomer({ engine }, async (node, member) => {
      engine.answer = { accept: false, connectTo: [member.peerId] }
      await ask(node, member, 'restructure')
      await until('it was asked', () => engine.requests.length === 1)
      engine.answer = new Error('cannot decide')
      await ask(node, member)
      await until('it was asked', () => engine.requests.length === 2)
      assert.deepEqual(
        engine.requests.map(({ peer, kind }) => [peer.toString(), kind]),
        [
          [node.peerId.toString(), 'restructure'],
          [node.peerId.toString(), 'late_connect']
        ]
      )
      assert.equal(direct(node, member), false)
      engine.answer = { accept: true }
      await ask(node, member)
      await until('they are neighbours', () => direct(node, member))
    })
  })

  for (const [acceptLinkMessages, leaves] of [
    ['all', false],
    ['trust-all', true]
  ] as const) {
    it(`are answered with whom else to link with, and from whom to part, which '${acceptLinkMessages}' ${leaves ? 'does' : 'leaves to the application'}`, async () => {
      const engine = new DecidingEngine()

      await newcomer(
        { engine },
        async (node, member) => {
          await withNodes(
            [createOverlayNode(), createOverlayNode(), createOverlayNode(), createOverlayNode()],
            async (dialled: OverlayNode, dialler: OverlayNode, named: OverlayNode, old: OverlayNode) => {
              await linkNodes(member, dialled, true)
              await linkNodes(dialler, member, true)
              await linkNodes(node, old, true)

              const [address] = named.getMultiaddrs()
              const told = next(node, 'message:link:disconnect_from')

              assert.ok(address != null)
              engine.answer = {
                accept: true,
                connectTo: [dialled.peerId, dialler.peerId, address],
                disconnectFrom: [old.peerId]
              }
              await ask(node, member)
              await until('it has its neighbours', () =>
                [member, dialled, dialler, named].every((other) => direct(node, other))
              )
              assert.equal((await told).message.fields.addrs, old.peerId.toString())

              if (leaves) {
                await until('it has left the old one', () => !has(node, old.peerId))
              } else {
                assert.equal(has(node, old.peerId), true)
              }
            }
          )
        },
        { links: { acceptLinkMessages } }
      )
    })
  }

  it('of a neighbour are granted already, and advice follows', async () => {
    const engine = new DecidingEngine()

    await withNodes(
      [createOverlayNode(), createOverlayNode({ engine }), createOverlayNode()],
      async (node: OverlayNode, member: OverlayNode, third: OverlayNode) => {
        await linkNodes(node, member, true)
        await linkNodes(member, third, true)
        engine.answer = { accept: true, connectTo: [third.peerId] }
        await ask(node, member, 'restructure')
        await until('they are neighbours', () => direct(node, third))
      }
    )
  })

  it('are looked at so many times in a minute, and not once more', async () => {
    const engine = new DecidingEngine()

    await newcomer({ engine, lateJoin: { maxRequestsPerMinute: 2 } }, async (node, member) => {
      engine.answer = { accept: false }

      for (const count of [1, 2]) {
        await ask(node, member)
        await until('it was asked', () => engine.requests.length === count)
        // looking at one ends in a turn or two
        await new Promise<void>((resolve) => setImmediate(resolve))
      }

      engine.answer = { accept: true }
      await ask(node, member)
      assert.equal(engine.requests.length, 2)
      assert.equal(direct(node, member), false)
    })
  })

  it('are looked at one at a time for each peer', async () => {
    const engine = new DecidingEngine()
    const decided = Promise.withResolvers<NeighbourAnswer>()

    await newcomer({ engine }, async (node, member) => {
      engine.answer = decided.promise
      await ask(node, member)
      await ask(node, member)
      assert.equal(engine.requests.length, 1)
      decided.resolve({ accept: true })
      await until('they are neighbours', () => direct(node, member))
    })
  })

  it('are not granted any more once learning has finished, or the node has stopped', async () => {
    const engine = new DecidingEngine()
    const decided = Promise.withResolvers<NeighbourAnswer>()

    await newcomer({ engine }, async (node, member) => {
      engine.finished = true
      await ask(node, member)
      assert.deepEqual(engine.requests, [])
      engine.finished = false
      engine.answer = decided.promise
      await ask(node, member)
      assert.equal(engine.requests.length, 1)
      await member.stop()
      decided.resolve({ accept: true })
    })
  })
})
