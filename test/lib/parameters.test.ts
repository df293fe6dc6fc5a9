import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { checkPlaces, checkTimes } from '../../src/lib/parameters.ts'
import { createPeerId } from '../support/create-peer-id.ts'

const INVALID = { name: 'InvalidParametersError' }

describe('what an application gives', () => {
  it('may be any time from 0, and nothing that is no number', () => {
    checkTimes({ a: 0, b: 0.5, c: 2 ** 40, d: Infinity, e: undefined })

    for (const timeout of [NaN, -1, -Infinity, 'x', '5', null, 5n, {}]) {
      assert.throws(() => checkTimes({ timeout }), { ...INVALID, message: /^timeout must be a number/ })
    }
  })

  it('names nodes by PeerIds and multiaddrs, and not by texts', async () => {
    checkPlaces([multiaddr('/ip4/192.0.2.1/tcp/4001'), await createPeerId()])

    for (const place of ['/ip4/192.0.2.1/tcp/4001', String(await createPeerId()), null, undefined, {}, 5]) {
      assert.throws(() => checkPlaces([place]), { ...INVALID, message: /PeerId or a Multiaddr/ })
    }
  })
})
