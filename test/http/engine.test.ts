import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { ClientEngine } from '../../src/engine/index.ts'
import { createControlServer } from '../../src/http/index.ts'
import { assertFits } from '../support/event-fits.ts'
import { createOverlayNode, linkNodes, next } from '../support/overlay-nodes.ts'
import { TOKEN, startServer } from './support/server.ts'
import type { ControlServer } from '../../src/http/index.ts'
import type { EventJson } from '../../src/http/event-json.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

interface Answer {
  status: number
  body: Record<string, unknown>
}

describe('control API: a trainer that sets the engine', () => {
  let member: OverlayNode
  let server: ControlServer

  before(async () => {
    const engine = new ClientEngine()

    member = await createOverlayNode({ engine })
    server = createControlServer(
      {
        nebula: member.services.nebula,
        libp2p: { getMultiaddrs: () => member.getMultiaddrs() },
        logger: defaultLogger(),
        engine
      },
      { token: TOKEN, agent: 'test/1', version: '1.2.3' }
    )
    await server.start()
  })

  after(async () => {
    await server.stop()
    await member.stop()
  })

  const call = async (
    method: string,
    path: string,
    body?: object | Uint8Array<ArrayBuffer>
  ): Promise<Answer> => {
    const response = await fetch(`${server.address}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${TOKEN}`,
        ...(body == null || body instanceof Uint8Array ? {} : { 'content-type': 'application/json' })
      },
      body: body instanceof Uint8Array ? body : JSON.stringify(body)
    })

    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  /** The next event of the name, after the id. */
  const event = async (name: string, since: unknown): Promise<Record<string, unknown> | undefined> => {
    const { body } = await call('GET', `/events?timeout=60000&types=${name}&since=${String(since)}`)
    const [found] = body.events as EventJson[]

    return found
  }

  it('changes only what it names', async () => {
    const idle = await call('GET', '/engine')

    assert.deepEqual(idle.body, {
      round: null,
      finished: false,
      modelsWhenFinished: false,
      weight: '1',
      training: {},
      acceptNeighbours: 'all',
      model: null
    })
    await call('PUT', '/engine', { round: 3, weight: '600' })

    const changed = await call('PUT', '/engine', { training: { rounds: 10, epochs: 2, loss: 0.5 } })

    assert.deepEqual(changed.body, {
      ...idle.body,
      round: 3,
      weight: '600',
      training: { rounds: 10, epochs: 2, loss: 0.5 }
    })
  })

  it('tells peers its round when they link', async () => {
    const peer = await createOverlayNode()

    try {
      await call('PUT', '/engine', { round: 7 })
      await linkNodes(peer, member)
      assert.equal(peer.services.nebula.link(member.peerId)?.round, 7)
    } finally {
      await peer.stop()
    }
  })

  it('propagates the model that it names, and offers it to a node that comes late', async () => {
    const payload = randomBytes(50_000)
    const { body: model } = await call('POST', '/models?round=2&weight=5', payload)
    const peer = await createOverlayNode({ lateJoin: { offerTimeout: 60_000 } })

    try {
      await call('PUT', '/engine', { round: 2, model: model.id, weight: '5' })

      const result = await peer.services.nebula.lateJoin({ addrs: member.getMultiaddrs() })
      const [offer] = result.offers

      assert.deepEqual(result.neighbours.map(String), [member.peerId.toString()])
      assert.ok(payload.equals(Buffer.from((await offer?.model?.bytes()) ?? [])))

      const arrived = next(peer, 'model:update')
      const propagated = await call('POST', '/propagate', { strategy: 'stable' })

      assert.deepEqual(propagated.body.sent, [peer.peerId.toString()])
      assert.equal((await arrived).weight, 5n)
    } finally {
      await peer.stop()
    }
  })

  it('decides on each peer that asks to become a neighbour', async () => {
    const peers = await Promise.all([createOverlayNode(), createOverlayNode()])

    try {
      const { body } = await call('GET', '/events?timeout=0')

      await call('PUT', '/engine', { acceptNeighbours: 'ask', round: 2 })

      let since = body.last

      for (const [i, peer] of peers.entries()) {
        const joined = peer.services.nebula.lateJoin({
          addrs: member.getMultiaddrs(),
          type: 'discover_nodes',
          confirmTimeout: i === 0 ? 60_000 : 1_000
        })
        const request = await event('neighbour:request', since)
        const { body: listed } = await call('GET', '/engine/requests')

        assertFits(request as EventJson)
        assert.equal(request?.peer, peer.peerId.toString())
        assert.equal(request?.kind, 'restructure')
        assert.deepEqual(
          (listed.requests as Array<{ id: string }>).map(({ id }) => id),
          [request?.id]
        )

        const answered = await call('POST', `/engine/requests/${String(request?.id)}`, { accept: i === 0 })

        assert.equal(answered.status, 200)
        assert.equal((await joined).neighbours.length, i === 0 ? 1 : 0)

        const again = await call('POST', `/engine/requests/${String(request?.id)}`, { accept: true })

        assert.equal(again.status, 404)
        since = (await call('GET', '/events?timeout=0')).body.last
      }
    } finally {
      await call('PUT', '/engine', { acceptNeighbours: 'all' })
      await Promise.all(peers.map(async (peer) => peer.stop()))
    }
  })

  it('asks the application of a peer, and replies to one', async () => {
    const peer = await createOverlayNode()
    const { nebula } = peer.services

    nebula.addEventListener('message:app:request', ({ detail }) => {
      void nebula.reply(detail, Uint8Array.of(...detail.message.fields.payload, 9))
    })

    try {
      await linkNodes(peer, member)

      const asked = await call('POST', '/request', {
        peer: peer.peerId.toString(),
        topic: 'sum',
        payload: Buffer.of(1, 2).toString('base64')
      })

      assert.deepEqual(asked.body, { payload: Buffer.of(1, 2, 9).toString('base64') })

      const { body } = await call('GET', '/events?timeout=0')
      const large = randomBytes(20_000)
      const reply = nebula.request(member.peerId, { topic: 'large', payload: large }, { timeout: 120_000 })
      const request = await event('message', body.last)

      assertFits(request as EventJson)

      const fields = request?.['fields'] as Record<string, string>

      assert.ok(large.equals(Buffer.from(fields['payload'] ?? '', 'base64')), 'the whole payload is told')
      await call('POST', '/send', {
        peer: request?.['source'],
        type: 'app',
        action: 'reply',
        fields: { requestId: fields['requestId'], payload: Buffer.of(7).toString('base64') }
      })
      assert.deepEqual([...(await reply)], [7])
    } finally {
      await peer.stop()
    }
  })

  it('ends learning: no peer is accepted any more', async () => {
    const peer = await createOverlayNode()

    try {
      await call('PUT', '/engine', { finished: true })
      await assert.rejects(peer.services.nebula.connect(member.getMultiaddrs()), {
        name: 'HandshakeError',
        reason: 'LEARNING_FINISHED'
      })
    } finally {
      await call('PUT', '/engine', { finished: false })
      await peer.stop()
    }
  })

  it('is refused what the engine does not take', async () => {
    for (const wrong of [
      { round: -1 },
      { round: 1.5 },
      { finished: 'yes' },
      { weight: 5 },
      { training: { rounds: -1 } },
      { acceptNeighbours: 'some' },
      { model: 'xyz' },
      { more: 1 }
    ]) {
      assert.equal((await call('PUT', '/engine', wrong)).status, 400, JSON.stringify(wrong))
    }

    assert.equal((await call('PUT', '/engine', { model: 'ab'.repeat(32) })).status, 404)
  })

  it('is refused where the node has an engine of its own', async () => {
    const fixture = await startServer()

    assert.equal((await fixture.call('GET', '/engine')).status, 409)
    assert.equal((await fixture.call('PUT', '/engine', { round: 1 })).status, 409)
    await fixture.server.stop()
  })
})
