import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { encodeEnvelope } from '../../protocols/message/index.ts'
import { createMessage } from '../../src/messages/index.ts'
import { Messages } from '../messages/support/messages-of.ts'
import { frame } from '../protocols/message/support/envelopes.ts'
import { until } from '../support/overlay-nodes.ts'
import { facingOne } from './support/facing.ts'
import type { Envelope } from '../../protocols/message/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { RawProxy } from './support/raw-proxy.ts'

const MESSAGE = '/nebula/message/1.0.0'
const hello = createMessage('control', 'overhead', { log: 'hello' })
const source = await generateKeyPair('Ed25519')

function repetitions(a: OverlayNode, raw: RawProxy): number {
  const { terms } = a.services.nebula.explainScore(raw.node.peerId)

  return Math.round(terms.find(({ name }) => name === 'duplicates')?.counter ?? 0)
}

/** A message of another node comes from the proxy both ways; `passOn` floods it, `deliver` hands it over by name. */
async function both(
  run: (
    a: OverlayNode,
    raw: RawProxy,
    ways: { passOn(): Promise<void>; deliver(): Promise<string> }
  ) => Promise<void>
): Promise<void> {
  await facingOne(async (a, raw) => {
    const envelope: Envelope = await raw.envelope(hello, { key: source, hops: 1 })
    const stream = await (await raw.node.dial(a.getMultiaddrs())).newStream(MESSAGE)
    let taken = 0

    stream.addEventListener('message', () => taken++)

    await run(a, raw, {
      passOn: async () => {
        const before = taken

        stream.send(frame(encodeEnvelope(envelope)))
        await until('it is acknowledged', () => taken > before)
      },
      deliver: async () => (await raw.ask(a, { target: a.peerId, envelope })).status
    })
  })
}

describe('a message that a proxy delivers and passes on', () => {
  it('is no repetition when it is delivered first', async () => {
    await both(async (a, raw, { passOn, deliver }) => {
      const messages = new Messages(a)

      assert.equal(await deliver(), 'DELIVERED')
      await passOn()
      assert.equal(repetitions(a, raw), 0)
      assert.equal(messages.all.length, 1)
      // that it is passed on again is one
      await passOn()
      assert.equal(repetitions(a, raw), 1)
    })
  })

  it('is no repetition when it is passed on first', async () => {
    await both(async (a, raw, { passOn, deliver }) => {
      const messages = new Messages(a)

      await passOn()
      assert.equal(await deliver(), 'DELIVERED')
      assert.equal(await deliver(), 'DELIVERED')
      assert.equal(repetitions(a, raw), 0)
      assert.equal(messages.all.length, 1)
    })
  })
})
