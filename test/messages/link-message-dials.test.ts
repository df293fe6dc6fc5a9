import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MAX_LINK_MESSAGE_ADDR_LENGTH } from '../../src/messages/constants.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { createOverlayNode, has, until, withNodes } from '../support/overlay-nodes.ts'
import { addressOf, connectTo, followed, Listener, rateOf, tell, three } from './support/link-messages.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

describe('dials that link messages cause', () => {
  it('go to one host as often in vain as allowed, and to one address once, whoever asks', async () => {
    const host = await Listener.start()

    try {
      await three({ clock: new ManualClock(), links: { maxLinkMessageDialsPerHost: 3 } }, async (a, b, c) => {
        await c.services.nebula.connect(b.getMultiaddrs(), { direct: false })
        await until('b has the link', () => has(b, c.peerId))

        const [target, ...others] = await Promise.all(
          Array.from({ length: 8 }, async () => `${host.addr}/p2p/${await createPeerId()}`)
        )

        assert.ok(target != null)
        await tell(a, b, connectTo(target, target))
        await until('it is dialled', () => host.connections === 1)
        await until('it is counted', () => rateOf(b, a) === 2)
        await tell(c, b, connectTo(target))
        await until('it is refused', () => rateOf(b, c) === 2)
        await tell(c, b, connectTo(...others))
        await until('all are counted', () => rateOf(b, c) === 2 + 2 * others.length)
        assert.equal(host.connections, 3)
        // honest nodes make such mistakes
        assert.ok(b.services.nebula.score(a.peerId) >= 0 && b.services.nebula.score(c.peerId) >= 0)
      })
    } finally {
      await host.stop()
    }
  })

  it('go to as many peers as allowed in all, and not one more', async () => {
    await three({ clock: new ManualClock(), links: { maxLinkMessageDialsPerMinute: 2 } }, async (a, b, c) => {
      await withNodes(
        [createOverlayNode(), createOverlayNode()],
        async (second: OverlayNode, third: OverlayNode) => {
          // by PeerId and with a link, which is no dial
          await third.services.nebula.connect(b.getMultiaddrs(), { direct: false })
          await until('b has the link', () => has(b, third.peerId))
          await tell(a, b, connectTo(third.peerId, addressOf(c), addressOf(second)))
          await until('they are linked', () => [c, second, third].every(({ peerId }) => has(b, peerId)))
          await withNodes([createOverlayNode(), createOverlayNode()], async (fourth, fifth) => {
            await fifth.services.nebula.connect(b.getMultiaddrs(), { direct: false })
            await until('b has the link', () => has(b, fifth.peerId))
            await tell(a, b, connectTo(addressOf(fourth), fifth.peerId))
            await until('it was followed', () => b.services.nebula.link(fifth.peerId)?.direct === true)
            assert.deepEqual(b.getConnections(fourth.peerId), [])
            // others may have used up what there is
            assert.equal(rateOf(b, a), 0)
          })
        }
      )
    })
  })

  it('shut out who aims many of them at nobody', async () => {
    const clock = new ManualClock()

    await three({ clock, links: { maxLinkMessagesPerMinute: 100 } }, async (a, b) => {
      const { nebula } = b.services
      const isShutOut = (): boolean => nebula.restrictions().some(({ kind }) => kind === 'blacklisted')
      const isIgnored = (): boolean => nebula.explainScore(a.peerId).state === 'graylisted'

      while (!isShutOut()) {
        const before = rateOf(b, a)
        const targets = await Promise.all(
          Array.from({ length: 16 }, async () => `/ip4/127.0.0.1/tcp/1/p2p/${await createPeerId()}`)
        )

        await a.services.nebula.send(b.peerId, connectTo(...targets)).catch(() => {})
        await until('it is counted', () => isShutOut() || isIgnored() || rateOf(b, a) > before)

        // what is ignored is not followed; it is heard again when a part is forgotten
        for (; !isShutOut() && isIgnored();) {
          await clock.advance(1_000)
        }
      }
    })
  })

  it('go to no address that is longer than one can be', async () => {
    await three({}, async (a, b, c) => {
      const dns = '/dns4/' + 'a'.repeat(MAX_LINK_MESSAGE_ADDR_LENGTH)

      await tell(a, b, connectTo(`${dns}/tcp/1/p2p/${c.peerId}`))
      await followed(a, b)
      assert.equal(rateOf(b, a), 0)
    })
  })
})
