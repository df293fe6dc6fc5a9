import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { noise } from '@chainsafe/libp2p-noise'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { tls } from '@libp2p/tls'
import { nebula_handshake as pb } from '../../proto/handshake.js'
import {
  createOverlayNode,
  createStockNode,
  RawHandshake,
  rawHello,
  withNodes
} from '../support/overlay-nodes.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

describe('a peer whose PeerId does not hold its key', () => {
  for (const [name, connectionEncrypters] of [
    ['Noise', [noise()]],
    ['TLS', [tls()]]
  ] as const) {
    it(`is refused with a reason over ${name}, and neither charged nor restricted`, async () => {
      const privateKey = await generateKeyPair('RSA', 2_048)
      const options = { connectionEncrypters: [...connectionEncrypters] }

      await withNodes(
        [createStockNode({ ...options, privateKey }), createOverlayNode({}, options)],
        async (rsa: Libp2p, ours: OverlayNode) => {
          const { nebula } = ours.services
          const connection = await rsa.dial(ours.getMultiaddrs())

          for (let i = 0; i < 3; i++) {
            const raw = await RawHandshake.open(connection)

            await raw.send(rawHello())

            const { welcome } = await raw.read()

            assert.equal(welcome?.status, pb.Status.CLOSE)
            assert.equal(welcome.reason, pb.Reason.KEY_NOT_IN_PEER_ID)
          }

          await assert.rejects(nebula.connect(rsa.getMultiaddrs()), {
            name: 'HandshakeError',
            reason: 'KEY_NOT_IN_PEER_ID'
          })
          assert.deepEqual(nebula.links(), [])
          assert.deepEqual(nebula.restrictions(), [])
          assert.equal(nebula.explainScore(rsa.peerId).score, 0)
          assert.equal(connection.status, 'open')
        }
      )
    })
  }

  it('is linked with where it does: secp256k1', async () => {
    const privateKey = await generateKeyPair('secp256k1')

    await withNodes(
      [createOverlayNode({}, { privateKey }), createOverlayNode()],
      async (other: OverlayNode, ours: OverlayNode) => {
        assert.ok((await ours.services.nebula.connect(other.getMultiaddrs())).peer.equals(other.peerId))
      }
    )
  })

  it('is no node of the overlay', async () => {
    const privateKey = await generateKeyPair('RSA', 2_048)

    await assert.rejects(createOverlayNode({}, { privateKey }), {
      name: 'InvalidParametersError',
      message: /RSA.*Ed25519/
    })
  })
})
