import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMessage } from '../../src/messages/index.ts'
import { encodeWrapper } from '../../src/messages/wrapper.ts'
import { idleEngine } from '../../src/index.ts'
import { Messages } from '../messages/support/messages-of.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { until, withNodes } from '../support/overlay-nodes.ts'
import { facing, failsWith, line } from './support/facing.ts'
import { chain, createHiddenNode, createProxy } from './support/nodes.ts'
import { silent } from './support/raw-proxy.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const hello = createMessage('control', 'overhead', { log: 'hello' })
const stranger = await createPeerId()

describe('a message that a proxy does not deliver', () => {
  it('is one for a peer that it knows nothing of', async () => {
    await line({}, async (a, proxy) => {
      await assert.rejects(a.services.nebula.sendVia(proxy.peerId, stranger, hello), failsWith('NOT_LINKED'))
    })
  })

  it('is one for a peer that it shuts out', async () => {
    await line({}, async (a, proxy, b) => {
      await proxy.services.nebula.addToBlacklist(b.peerId)
      await assert.rejects(a.services.nebula.sendVia(proxy.peerId, b.peerId, hello), failsWith('NOT_LINKED'))
    })
  })

  it('is one that was given to a node that is no proxy', async () => {
    await line({ proxy: false }, async (a, proxy, b) => {
      await assert.rejects(a.services.nebula.sendVia(proxy.peerId, b.peerId, hello), failsWith('NOT_A_PROXY'))
    })
  })

  it('is none after the end of learning', async () => {
    const engine = { ...idleEngine(), learningCycleFinished: () => finished }
    let finished = false

    await line({ engine }, async (a, proxy, b) => {
      finished = true
      await a.services.nebula.sendVia(proxy.peerId, b.peerId, hello)
    })
  })

  it('is one whose source the target shuts out', async () => {
    await line({}, async (a, proxy, b) => {
      const messages = new Messages(b)

      await b.services.nebula.addToBlacklist(a.peerId)
      await assert.rejects(a.services.nebula.sendVia(proxy.peerId, b.peerId, hello), failsWith('REFUSED'))
      assert.deepEqual(messages.all, [])
    })
  })

  it('is one that is larger than it carries, by one byte', async () => {
    await line({ proxying: { maxMessageBytes: 10_000 } }, async (a, proxy, b) => {
      const messages = new Messages(b)
      const { nebula } = a.services
      const spare = 10_000 - 70
      let largest = 0

      // the wrapper has some bytes besides the text: the last that fits and the first that does not are neighbours
      for (let length = spare - 20; length < spare + 20; length++) {
        const sent = nebula.sendVia(
          proxy.peerId,
          b.peerId,
          createMessage('control', 'overhead', { log: 'x'.repeat(length) })
        )
        const failure = await sent.then(
          () => undefined,
          (err: Error) => err
        )

        if (failure != null) {
          assert.equal((failure as Error & { status?: string }).status, 'TOO_LARGE')
          break
        }

        largest = length
      }

      assert.equal(wrapperBytes(a, largest), 10_000)
      assert.equal(messages.all.length, largest - (spare - 20) + 1)
    })
  })

  it('is one for a peer that is one proxy too far away', async () => {
    await withNodes(
      [
        createHiddenNode(),
        createProxy({ proxying: { maxHops: 2 } }),
        createProxy({ proxying: { maxHops: 2 } }),
        createProxy({ proxying: { maxHops: 2 } }),
        createHiddenNode(),
        createHiddenNode()
      ],
      async (a, first, second, third, near, far) => {
        const messages = new Messages(near)

        await chain(a, first, second, third, far)
        await chain(near, second)
        await a.services.nebula.sendVia(first.peerId, near.peerId, hello)
        assert.equal(messages.all.length, 1)
        await assert.rejects(a.services.nebula.sendVia(first.peerId, far.peerId, hello), failsWith('HOPS'))
      }
    )
  })

  it('is one whose target goes away before it has answered', async () => {
    await facing({}, async (a, proxy, raw) => {
      await raw.answer(silent)
      const sent = a.services.nebula.sendVia(proxy.peerId, raw.node.peerId, hello)

      await Promise.all([
        assert.rejects(sent, failsWith('LOST')),
        until('the target is asked', () => raw.asked.length === 1).then(async () => raw.node.stop())
      ])
    })
  })

  it('is one whose target does not answer in time', async () => {
    const clock = new ManualClock()

    await facing({ clock, proxying: { timeout: 300 } }, async (a, proxy, raw) => {
      await raw.answer(silent)
      const failed = assert.rejects(
        a.services.nebula.sendVia(proxy.peerId, raw.node.peerId, hello),
        failsWith('TIMEOUT')
      )

      await until('the target is asked', () => raw.asked.length === 1)
      // each hop leaves the next less than it has itself: the time of the proxy is over, and it says so
      assert.ok((raw.asked[0]?.timeout ?? 300) <= 270)
      await clock.advance(299)
      await failed
    })
  })

  it('is one whose target does not speak the protocol', async () => {
    await facing({}, async (a, proxy, raw) => {
      await assert.rejects(
        a.services.nebula.sendVia(proxy.peerId, raw.node.peerId, hello),
        failsWith('REFUSED')
      )
    })
  })
})

/** Bytes of the wrapper of a `control` message of this node with a text of that length. */
function wrapperBytes(node: OverlayNode, length: number): number {
  return encodeWrapper({
    source: node.peerId.toString(),
    message: createMessage('control', 'overhead', { log: 'x'.repeat(length) })
  }).byteLength
}
