import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ManualClock } from '../../support/manual-clock.ts'
import { until } from '../../support/stream-suite.ts'
import { envelopeOf } from './support/envelopes.ts'
import { ProtocolNode } from './support/protocol-node.ts'

describe('a receiver that is held up', () => {
  it('acknowledges what it has taken all the same, after a while', async () => {
    const clock = new ManualClock()
    const release = Promise.withResolvers<void>()
    const sender = await ProtocolNode.create()
    const receiver = await ProtocolNode.create({ clock, onEnvelope: () => release.promise })

    try {
      const outbox = sender.protocol.outbox(await sender.dial(receiver), () => {})
      let acknowledged = false
      const sent = outbox.send(envelopeOf('one')).then(() => {
        acknowledged = true
      })

      // one timer for the acknowledgement
      await until(() => clock.pending === 1)
      await clock.advance(999)
      assert.equal(acknowledged, false)
      await clock.advance(1)
      await sent
      release.resolve()
      await until(() => clock.pending === 0)
      outbox.abort(new Error('over'))
    } finally {
      await Promise.all(
        [sender, receiver].map(async ({ node, protocol }) => {
          await protocol.stop()
          await node.stop()
        })
      )
    }
  })
})
