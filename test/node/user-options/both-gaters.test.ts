import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { blacklistGater } from '../../../src/scoring/index.ts'
import { bothGaters } from '../../../src/node/user-options/both-gaters.ts'
import { createPeerId } from '../../support/create-peer-id.ts'
import type { ConnectionGater } from '@libp2p/interface'

const addr = multiaddr('/ip4/192.0.2.1/tcp/1')

describe('two gaters as one', () => {
  // those of the node's own gater are all there are; a new one of libp2p must not be left out
  const names = Object.keys(blacklistGater({ isBlacklisted: () => false })) as Array<keyof ConnectionGater>

  for (const name of names) {
    it(`deny in ${name} what either denies`, async () => {
      const peer = await createPeerId()
      const ask = async (...answers: Array<boolean | undefined>): Promise<unknown> => {
        const gaters = answers.map((answer) => (answer == null ? {} : { [name]: async () => answer }))
        const both = bothGaters(gaters[0] as ConnectionGater, gaters[1] as ConnectionGater)

        return (both[name] as (...args: unknown[]) => unknown)(peer, addr)
      }

      assert.deepEqual(
        await Promise.all([
          ask(true, false),
          ask(false, true),
          ask(true, undefined),
          ask(undefined, true),
          ask(false, false),
          ask(undefined, undefined)
        ]),
        [true, true, true, true, false, false]
      )
    })
  }

  it('keep an address that both let through', async () => {
    const peer = await createPeerId()
    const keep = async (first?: boolean, second?: boolean): Promise<boolean | undefined> =>
      bothGaters(
        first == null ? {} : { filterMultiaddrForPeer: () => first },
        second == null ? {} : { filterMultiaddrForPeer: () => second }
      ).filterMultiaddrForPeer?.(peer, addr)

    assert.deepEqual(
      await Promise.all([
        keep(),
        keep(true, true),
        keep(false, true),
        keep(true, false),
        keep(undefined, false)
      ]),
      [true, true, false, false, false]
    )
  })

  it('deny when the answer is true only in JavaScript, and drop an address without a yes', async () => {
    const peer = await createPeerId()
    const theirs = { denyDialPeer: () => 'yes', filterMultiaddrForPeer: () => undefined }
    const both = bothGaters({}, theirs as never)

    assert.deepEqual(
      [await both.denyDialPeer?.(peer), await both.filterMultiaddrForPeer?.(peer, addr)],
      [true, false]
    )
  })

  it("call a method on the user's own object", async () => {
    class Gater implements ConnectionGater {
      readonly #denied = true

      denyDialPeer(): boolean {
        return this.#denied
      }
    }

    assert.equal(await bothGaters({}, new Gater()).denyDialPeer?.(await createPeerId()), true)
  })
})
