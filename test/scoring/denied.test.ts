import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { noise } from '@chainsafe/libp2p-noise'
import { defaultLogger } from '@libp2p/logger'
import { MemoryDatastore } from 'datastore-core'
import { blacklistGater, Restrictions } from '../../src/index.ts'
import { timelessTls } from '../../src/node/tls/encrypter.ts'
import { createOverlayNode, linkNodes, until, withNodes } from '../support/overlay-nodes.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2pOptions } from 'libp2p'

const encrypters: Array<[string, Libp2pOptions['connectionEncrypters']]> = [
  ['Noise', [noise()]],
  ['TLS', [timelessTls()]]
]

for (const [name, connectionEncrypters] of encrypters) {
  for (const transport of ['tcp', 'ws']) {
    describe(`connecting over ${name} and ${transport} to a node that denies it`, () => {
      const facing = async (
        run: (ours: OverlayNode, banner: OverlayNode) => Promise<void>
      ): Promise<void> => {
        const restrictions = new Restrictions({ datastore: new MemoryDatastore(), logger: defaultLogger() })
        const connectionGater = blacklistGater(restrictions)

        await withNodes(
          [
            createOverlayNode({}, { connectionEncrypters }),
            createOverlayNode({ restrictions }, { connectionEncrypters, connectionGater })
          ],
          run
        )
      }
      const assertDenied = async (ours: OverlayNode, banner: OverlayNode): Promise<void> => {
        const addr = banner
          .getMultiaddrs()
          .find((each) => each.toString().includes('/ws') === (transport === 'ws'))
        let opened = 0

        assert.ok(addr != null)
        ours.addEventListener('connection:open', () => opened++)
        await assert.rejects(ours.services.nebula.connect(addr), {
          name: 'ConnectionDeniedError',
          message: /blacklist/
        })

        // each attempt waits longer for the next
        assert.ok(opened <= 2, `after ${opened} connections`)
      }

      it('is an error of its own, and soon, where the PeerId is on the blacklist', async () => {
        await facing(async (ours, banner) => {
          await banner.services.nebula.addToBlacklist(ours.peerId)
          await assertDenied(ours, banner)
        })
      })

      it('is the same where the address is', async () => {
        await facing(async (ours, banner) => {
          await banner.services.nebula.addToBlacklist('127.0.0.0/8')
          await assertDenied(ours, banner)
        })
      })

      it('is the same for a peer that was linked, and over once the ban is', async () => {
        await facing(async (ours, banner) => {
          await linkNodes(ours, banner)
          await banner.services.nebula.addToBlacklist(ours.peerId)
          await until('the link is gone', () => ours.services.nebula.links().length === 0)
          await until('the connection is gone', () => ours.getConnections().length === 0)
          await assertDenied(ours, banner)
          await banner.services.nebula.clearRestrictions()
          await linkNodes(ours, banner)
        })
      })
    })
  }
}
