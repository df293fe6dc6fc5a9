import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { DEADLINE_GRACE_MS } from '../../src/lib/watchdog.ts'
import { createMessage } from '../../src/messages/index.ts'
import { answerOf, encodeDelivery } from '../../protocols/proxy/codec.ts'
import { Messages } from '../messages/support/messages-of.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock, passUntil } from '../support/manual-clock.ts'
import { createOverlayNode, until, withNodes } from '../support/overlay-nodes.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import { frame } from '../protocols/message/support/envelopes.ts'
import { closed } from '../protocols/message/support/protocol-node.ts'
import { facing } from './support/facing.ts'
import { always, RawProxy, readAnswer, silent } from './support/raw-proxy.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const hello = createMessage('control', 'overhead', { log: 'hello' })
const large = createMessage('control', 'overhead', { log: 'x'.repeat(1_000_000) })
/** Of which there is no second one in a second. */
const MOST_OF_A_SECOND = {
  message: createMessage('control', 'overhead', { log: 'x'.repeat(10_000) }),
  bytes: 11_000
}

/** Asks to deliver to the node that has no link but with the proxy. */
async function ask(raw: RawProxy, proxy: OverlayNode, a: OverlayNode, message = hello): Promise<string> {
  return (await raw.ask(proxy, { target: a.peerId, envelope: await raw.envelope(message) })).status
}

describe('the limits of a proxy', () => {
  it('hold the requests of one client at the same time', async () => {
    await facing({ proxying: { maxRequestsPerClient: 2 } }, async (a, proxy, raw) => {
      const { nebula } = a.services
      const via = async (): Promise<void> => nebula.sendVia(proxy.peerId, raw.node.peerId, hello)

      await raw.answer(silent)

      const first = [via(), via()]

      first.forEach((sent) => {
        sent.catch(() => {})
      })
      await until('two are asked', () => raw.asked.length === 2)
      await assert.rejects(via(), { name: 'ProxyError', status: 'BUSY' })
      // a large one is refused before it is sent
      await assert.rejects(nebula.sendVia(proxy.peerId, raw.node.peerId, large), { status: 'BUSY' })
      assert.equal(raw.asked.length, 2)
      // another client has its own share
      assert.equal(await ask(raw, proxy, a), 'DELIVERED')
      // once they are over there is room again
      await raw.node.unhandle('/nebula/proxy/1.0.0')
      await raw.node.stop()
      await Promise.allSettled(first)
      await assert.rejects(via(), { status: 'NOT_LINKED' })
    })
  })

  it('hold the requests of all clients at the same time', async () => {
    await facing({ proxying: { maxRequests: 1 } }, async (a, proxy, raw) => {
      await raw.answer(silent)

      const sent = a.services.nebula.sendVia(proxy.peerId, raw.node.peerId, hello)

      sent.catch(() => {})
      await until('one is asked', () => raw.asked.length === 1)
      assert.equal(await ask(raw, proxy, a), 'BUSY')
    })
  })

  it('hold the requests of a client in a second', async () => {
    const proxying = { maxRequestsPerSecond: 3, maxRequestsPerClient: 100, maxStreamsPerConnection: 100 }

    await facing({ proxying }, async (_a, proxy, raw) => {
      // for nobody: what the proxy itself may ask others for is not what is looked at
      const target = await createPeerId()
      const asked = await Promise.all(
        Array.from({ length: 20 }, async () => ({
          frames: await raw.open(proxy),
          envelope: await raw.envelope(hello)
        }))
      )
      const statuses: string[] = await Promise.all(
        asked.map(async ({ frames, envelope }) => {
          await frames.send(encodeDelivery({ target, envelope, timeout: PATIENCE_MS }))
          await frames.close()

          return (await readAnswer(frames)).status
        })
      )

      assert.ok(statuses.filter((status) => status === 'NOT_LINKED').length >= 3)
      assert.ok(statuses.includes('BUSY'))
    })
  })

  it('are not tried out: nobody asks more often in a second than it may', async () => {
    await facing({}, async (_a, _proxy, raw) => {
      await withNodes([createOverlayNode({ proxying: { maxRequestsPerSecond: 2 } })], async (client) => {
        const target = await createPeerId()

        await raw.link(client, { proxy: true })
        await raw.answer(always(answerOf('NOT_LINKED')))

        const results = await Promise.allSettled(
          Array.from({ length: 8 }, async () =>
            client.services.nebula.sendVia(raw.node.peerId, target, hello)
          )
        )
        const busy = results.filter(
          (result) => result.status === 'rejected' && result.reason.status === 'BUSY'
        )

        assert.ok(busy.length > 0 && busy.length <= 6)
        assert.equal(raw.asked.length, 8 - busy.length)
      })
    })
  })

  it('hold the bytes of a client in a second, and go on with the next', async () => {
    const { message, bytes } = MOST_OF_A_SECOND

    await facing(
      { proxying: { maxBytesPerSecond: bytes, maxRequestsPerSecond: 10_000 } },
      async (a, proxy, raw) => {
        const messages = new Messages(a)
        const statuses = await Promise.all([ask(raw, proxy, a, message), ask(raw, proxy, a, message)])

        assert.deepEqual(statuses.sort().map(String), ['BUSY', 'DELIVERED'])
        assert.equal(messages.all.length, 1)

        // until the second is over
        for (let status = ''; status !== 'DELIVERED';) {
          status = await ask(raw, proxy, a, message)
        }
      }
    )
  })

  it('hold the streams of a connection', async () => {
    await facing({ proxying: { maxStreamsPerConnection: 2 } }, async (a, proxy, raw) => {
      const [first] = [await raw.open(proxy), await raw.open(proxy)]
      const third = await raw.open(proxy)

      assert.notEqual(await third.closed, undefined)
      first?.abort(new Error('by hand'))
      await until('there is room again', () => streams(proxy, raw) === 1)
      assert.equal(await ask(raw, proxy, a), 'DELIVERED')
    })
  })

  it('give up a stream on which nothing comes, and one whose request does not end', async () => {
    const clock = new ManualClock()

    await facing({ clock, proxying: { timeout: 200 } }, async (a, proxy, raw) => {
      const pending = clock.pending
      const [idle, begun] = [await raw.stream(proxy), await raw.stream(proxy)]
      const bytes = encodeDelivery({
        target: a.peerId,
        envelope: await raw.envelope(hello),
        timeout: PATIENCE_MS
      })
      const ends = Promise.all([closed(idle), closed(begun)])

      begun.send(frame(bytes).subarray(0, 20))
      await until('both are waited for', () => clock.pending >= pending + 2)
      await clock.advance(200 + DEADLINE_GRACE_MS)
      assert.deepEqual(
        (await ends).map((error) => error?.name),
        ['StreamResetError', 'StreamResetError']
      )
      // which is no violation: a slow client is none's enemy
      assert.notEqual(proxy.services.nebula.link(raw.node.peerId), undefined)
    })
  })

  it('hold the time that a client may say a request takes', async () => {
    const clock = new ManualClock()

    await facing({ clock, proxying: { timeout: 200 } }, async (_a, proxy, client) => {
      const target = await RawProxy.create(await generateKeyPair('Ed25519'))

      try {
        await target.link(proxy)
        await target.answer(silent)

        const envelope = await client.envelope(hello)
        const delivery = { target: target.node.peerId, envelope, timeout: 4_294_967_295 }

        const answer = client.ask(proxy, delivery)

        await until('the target is asked', () => target.asked.length === 1)
        await clock.advance(200)
        assert.equal((await answer).status, 'TIMEOUT')
        assert.ok((target.asked[0]?.timeout ?? 200) <= 180)
      } finally {
        await target.node.stop()
      }
    })
  })

  it('give room back when a client does not end its side, and never reads the answer', async () => {
    const clock = new ManualClock()

    await facing(
      { clock, proxying: { maxRequestsPerClient: 1, closeTimeout: 500 } },
      async (a, proxy, raw) => {
        const frames = await raw.open(proxy)
        const envelope = await raw.envelope(hello)

        await frames.send(encodeDelivery({ target: a.peerId, envelope, timeout: PATIENCE_MS }))
        await until('it has arrived', () => a.services.nebula.link(proxy.peerId)?.messagesReceived === 1)
        // the request is not over, so it is in the way of its client
        assert.equal(await ask(raw, proxy, a), 'BUSY')
        assert.equal((await passUntil(clock, frames.closed))?.name, 'StreamResetError')
        assert.equal(await ask(raw, proxy, a), 'DELIVERED')
        assert.notEqual(proxy.services.nebula.link(raw.node.peerId), undefined)
      }
    )
  })

  it('hold the requests that are remembered', async () => {
    await facing({ proxying: { maxRemembered: 2 } }, async (a, proxy, raw) => {
      const messages = new Messages(a)
      const [first, second, third] = await Promise.all([0, 1, 2].map(async () => raw.envelope(hello)))
      const statuses: string[] = []

      for (const envelope of [first, second, first, third, first, second]) {
        assert.ok(envelope != null)
        statuses.push((await raw.ask(proxy, { target: a.peerId, envelope })).status)
      }

      // being asked for again keeps the first, so the third takes the place of the second
      assert.deepEqual(statuses, ['DELIVERED', 'DELIVERED', 'LOOP', 'DELIVERED', 'LOOP', 'DELIVERED'])
      assert.equal(messages.all.length, 3)
    })
  })

  it('ask so many other proxies and no more', async () => {
    await facing({ proxying: { maxFanOut: 2 } }, async (_a, proxy, client) => {
      const others = await Promise.all(
        Array.from({ length: 3 }, async () => RawProxy.create(await generateKeyPair('Ed25519')))
      )

      try {
        for (const other of others) {
          await other.link(proxy, { proxy: true })
          await other.answer(always(answerOf('NOT_LINKED')))
        }

        const envelope = await client.envelope(hello)
        const { status } = await client.ask(proxy, { target: await createPeerId(), envelope })

        assert.equal(status, 'NOT_LINKED')
        assert.equal(others.flatMap(({ asked }) => asked).length, 2)
      } finally {
        await Promise.all(others.map(async ({ node }) => node.stop()))
      }
    })
  })
})

function streams(node: OverlayNode, { node: { peerId } }: RawProxy): number {
  return node
    .getConnections(peerId)
    .flatMap((connection) => connection.streams)
    .filter(({ protocol }) => protocol === '/nebula/proxy/1.0.0').length
}
