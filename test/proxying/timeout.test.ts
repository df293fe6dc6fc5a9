import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { defaultLogger } from '@libp2p/logger'
import { deadline } from '../../src/lib/deadline.ts'
import { createMessage } from '../../src/messages/index.ts'
import { Asker } from '../../src/proxying/asker.ts'
import { fakeLink } from '../links/support.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { facing } from './support/facing.ts'
import { RawProxy } from './support/raw-proxy.ts'

const hello = createMessage('control', 'overhead', { log: 'hello' })

describe('the timeout of a delivery', () => {
  it('of 0 is answered TIMEOUT, and nothing is handed on', async () => {
    await facing({}, async (a, proxy, raw) => {
      const envelope = await raw.envelope(hello)
      const ask = async (timeout: number): Promise<string> =>
        (await raw.ask(proxy, { target: a.peerId, envelope, timeout })).status

      assert.equal(await ask(0), 'TIMEOUT')
      // it was not remembered as carried, so the same may be asked again
      assert.equal(await ask(5_000), 'DELIVERED')
      assert.equal(a.services.nebula.link(proxy.peerId)?.messagesReceived, 1)
    })
  })

  it('is at least 1 ms: with less left no peer is asked', async () => {
    const clock = new ManualClock()
    const asked: number[] = []
    const asker = new Asker(
      {
        protocol: {
          ask: async (_connection, { timeout }) => {
            asked.push(timeout)

            return { status: 'BUSY', acknowledgement: new Uint8Array(0) }
          }
        },
        logger: defaultLogger()
      },
      { federation: 'test', clock, onViolation: () => {} }
    )
    const writer = await RawProxy.create(await generateKeyPair('Ed25519'))

    try {
      const request = {
        target: await createPeerId(),
        source: writer.node.peerId.toString(),
        envelope: await writer.envelope(hello)
      }
      const link = fakeLink(await createPeerId())
      const statuses: string[] = []

      for (const left of [1, 2, 100]) {
        const until = deadline(clock, left)
        const result = await asker.ask(link, request, until)

        until.clear()
        statuses.push(result.delivered ? 'DELIVERED' : result.status)
      }

      assert.deepEqual(statuses, ['TIMEOUT', 'BUSY', 'BUSY'])
      assert.deepEqual(asked, [1, 90])
    } finally {
      await writer.node.stop()
    }
  })
})
