import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { createMessage } from '../../src/messages/index.ts'
import { Messages } from '../messages/support/messages-of.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { createOverlayNode, until, withNodes } from '../support/overlay-nodes.ts'
import { facing, failsWith, line } from './support/facing.ts'
import { chain } from './support/nodes.ts'
import { RawProxy, silent } from './support/raw-proxy.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

const hello = createMessage('control', 'overhead', { log: 'hello' })
const stranger = await createPeerId()

/** Longer than a test: what is waited for does not end by itself. */
const PATIENT = { proxying: { timeout: 120_000 } }

describe('a message by way of a proxy', () => {
  it('is lost when the proxy goes away', async () => {
    await facing({}, async (a, proxy, raw) => {
      await raw.answer(silent)
      const sent = a.services.nebula.sendVia(proxy.peerId, raw.node.peerId, hello)

      await Promise.all([
        assert.rejects(sent, failsWith('LOST')),
        until('the target is asked', () => raw.asked.length === 1).then(async () => proxy.stop())
      ])
    })
  })

  it('times out when the proxy does not answer, and nothing is left of it', async () => {
    const raw = await RawProxy.create(await generateKeyPair('Ed25519'))
    const clock = new ManualClock()

    await withNodes(
      [createOverlayNode({ clock, proxying: { timeout: 200 } }), Promise.resolve(raw.node)],
      async (a: OverlayNode, _raw: Libp2p) => {
        await raw.link(a, { proxy: true })
        await raw.answer(silent)
        const failed = assert.rejects(
          a.services.nebula.sendVia(raw.node.peerId, stranger, hello),
          failsWith('TIMEOUT')
        )

        await until('the proxy is asked', () => raw.asked.length === 1)
        await clock.advance(200)
        await failed
        await until('no stream is left', () => proxyStreams(a) === 0)
        assert.notEqual(a.services.nebula.link(raw.node.peerId), undefined)
      }
    )
  })

  it('is lost when the link with the proxy ends, though the connection stays', async () => {
    await facing(PATIENT, async (a, proxy, raw) => {
      const over = Promise.withResolvers<void>()

      await raw.answer(async (frames) => {
        await frames.closed
        over.resolve()
      })
      const sent = a.services.nebula.sendVia(proxy.peerId, raw.node.peerId, hello)

      await Promise.all([
        assert.rejects(sent, failsWith('LOST')),
        until('the target is asked', () => raw.asked.length === 1).then(async () =>
          a.services.nebula.disconnect(proxy.peerId)
        )
      ])
      await over.promise
      assert.equal(a.getConnections(proxy.peerId).length, 1)
    })
  })

  it('ends with its signal, at the proxy and at the target too', async () => {
    await facing(PATIENT, async (a, proxy, raw) => {
      const controller = new AbortController()
      const over = Promise.withResolvers<void>()

      await raw.answer(async (frames) => {
        await frames.closed
        over.resolve()
      })
      const sent = a.services.nebula.sendVia(proxy.peerId, raw.node.peerId, hello, {
        signal: controller.signal
      })

      await Promise.all([
        assert.rejects(sent, { message: 'enough' }),
        until('the target is asked', () => raw.asked.length === 1).then(() =>
          controller.abort(new Error('enough'))
        )
      ])
      await over.promise
      await assert.rejects(
        a.services.nebula.sendVia(proxy.peerId, raw.node.peerId, hello, { signal: controller.signal }),
        { message: 'enough' }
      )
    })
  })

  it('ends with the node', async () => {
    await facing({}, async (a, proxy, raw) => {
      await raw.answer(silent)
      const sent = a.services.nebula.sendVia(proxy.peerId, raw.node.peerId, hello)

      await Promise.all([
        assert.rejects(sent),
        until('the target is asked', () => raw.asked.length === 1).then(async () => a.stop())
      ])
    })
  })

  it('goes through a proxy that was stopped and started again', async () => {
    await line({}, async (a, proxy, b) => {
      await proxy.stop()
      await until('the links are gone', () => a.services.nebula.links().length === 0)
      await proxy.start()
      await chain(a, proxy, b)
      await a.services.nebula.sendVia(proxy.peerId, b.peerId, hello)
    })
  })

  it('is not even tried without a link, for oneself, or too large for anybody', async () => {
    await line({}, async (a, proxy, b) => {
      const { nebula } = a.services
      const model = createMessage('model', '', { parameters: new Uint8Array(10) })
      const large = createMessage('control', 'overhead', { log: 'x'.repeat(1_048_576) })

      await assert.rejects(nebula.sendVia(stranger, b.peerId, hello), { name: 'NotLinkedError' })
      await assert.rejects(nebula.sendVia(proxy.peerId, a.peerId, hello), { name: 'InvalidParametersError' })
      await assert.rejects(nebula.sendVia(proxy.peerId, proxy.peerId, hello), {
        name: 'InvalidParametersError'
      })
      await assert.rejects(nebula.sendVia(proxy.peerId, b.peerId, model), { name: 'InvalidMessageError' })
      await assert.rejects(nebula.sendVia(proxy.peerId, b.peerId, large), { name: 'MessageTooLargeError' })
      await assert.rejects(nebula.sendVia(proxy.peerId, b.peerId, { ...hello, type: 'nothing' } as never), {
        name: 'InvalidMessageError'
      })
    })
  })

  it('is as large as any other may be', async () => {
    await line({}, async (a, proxy, b) => {
      const messages = new Messages(b)
      const log = 'x'.repeat(1_048_576 - 250)

      await a.services.nebula.sendVia(proxy.peerId, b.peerId, createMessage('control', 'overhead', { log }))
      assert.equal(messages.all.length, 1)
    })
  })
})

function proxyStreams(node: OverlayNode): number {
  return node
    .getConnections()
    .flatMap(({ streams }) => streams)
    .filter(({ protocol }) => protocol === '/nebula/proxy/1.0.0').length
}
