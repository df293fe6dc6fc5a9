import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { noise } from '@chainsafe/libp2p-noise'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { tls } from '@libp2p/tls'
import { createCertificate, verifyCertificate } from '../../../src/node/tls/certificate.ts'
import { timelessTls } from '../../../src/node/tls/encrypter.ts'
import { createPeerId } from '../../support/create-peer-id.ts'
import { createOverlayNode, createStockNode, linkNodes, withNodes } from '../../support/overlay-nodes.ts'
import type { OverlayNode } from '../../support/overlay-nodes.ts'
import type { Connection, Libp2p } from '@libp2p/interface'

const ours = { connectionEncrypters: [timelessTls()] }
const stock = { connectionEncrypters: [tls()] }

async function echo(node: Libp2p): Promise<void> {
  await node.handle('/echo', async (stream) => {
    for await (const chunk of stream) {
      if (!stream.send(chunk)) {
        await stream.onDrain()
      }
    }

    await stream.close()
  })
}

/** Sends so many bytes, and counts what comes back. */
async function roundTrip(connection: Connection, bytes: number): Promise<number> {
  const stream = await connection.newStream('/echo')
  let back = 0
  const reading = (async () => {
    for await (const chunk of stream) {
      back += chunk.byteLength
    }
  })()

  for (let left = bytes; left > 0; left -= 65_536) {
    if (!stream.send(new Uint8Array(Math.min(left, 65_536)).fill(7))) {
      await stream.onDrain()
    }
  }

  await stream.close()
  await reading

  return back
}

describe('TLS without dates', () => {
  for (const [name, dialler, listener] of [
    ['itself', ours, ours],
    ['stock TLS, which is dialled', ours, stock],
    ['stock TLS, which dials', stock, ours]
  ] as const) {
    for (const type of ['Ed25519', 'secp256k1'] as const) {
      it(`speaks with ${name}, with ${type} keys`, async () => {
        const keys = await Promise.all([generateKeyPair(type), generateKeyPair(type)])

        await withNodes(
          [
            createStockNode({ ...dialler, privateKey: keys[0] }),
            createStockNode({ ...listener, privateKey: keys[1] })
          ],
          async (a: Libp2p, b: Libp2p) => {
            await echo(b)

            const connection = await a.dial(b.getMultiaddrs())

            assert.equal(connection.encryption, '/tls/1.0.0')
            assert.ok(connection.remotePeer.equals(b.peerId))
            assert.equal(await roundTrip(connection, 3_000_000), 3_000_000)
            await connection.close()
          }
        )
      })
    }
  }

  it('refuses who is not who was dialled', async () => {
    const other = await createPeerId()

    await withNodes([createStockNode(ours), createStockNode(ours)], async (a: Libp2p, b: Libp2p) => {
      const [addr] = b.getMultiaddrs()

      assert.ok(addr != null)
      await assert.rejects(a.dial(addr.decapsulate('/p2p').encapsulate(`/p2p/${other}`)), /Expected/)
      assert.deepEqual(a.getConnections(), [])
    })
  })

  it('makes links, and ends them with a goodbye', async () => {
    await withNodes(
      [
        createOverlayNode({}, ours),
        createOverlayNode({}, { connectionEncrypters: [timelessTls(), noise()] })
      ],
      async (a: OverlayNode, b: OverlayNode) => {
        await linkNodes(a, b)
        await a.services.nebula.disconnect(b.peerId)
        assert.deepEqual(a.services.nebula.links(), [])
      }
    )
  })
})

describe('the certificate of a libp2p peer', () => {
  it('is valid at all times', async () => {
    const { cert } = await createCertificate(await generateKeyPair('Ed25519'))
    const { validFromDate, validToDate } = new X509Certificate(cert)

    assert.equal(validFromDate.getTime(), 0)
    assert.equal(validToDate.getUTCFullYear(), 9_999)
  })

  it('says whose it is, and is refused with any bit of it changed', async () => {
    const privateKey = await generateKeyPair('Ed25519')
    const der = new Uint8Array(new X509Certificate((await createCertificate(privateKey)).cert).raw)
    const peer = peerIdFromPrivateKey(privateKey)

    assert.ok((await verifyCertificate(der, peer)).equals(peer))
    await assert.rejects(verifyCertificate(der, await createPeerId()), { name: 'UnexpectedPeerError' })

    for (let i = 0; i < der.byteLength; i++) {
      const changed = Uint8Array.from(der)

      changed[i] = (changed[i] ?? 0) ^ (1 << (i % 8))
      await assert.rejects(verifyCertificate(changed), { name: 'InvalidCryptoExchangeError' }, `byte ${i}`)
    }

    for (const bytes of [new Uint8Array(0), der.subarray(0, 100), new Uint8Array([...der, 0])]) {
      await assert.rejects(verifyCertificate(bytes), { name: 'InvalidCryptoExchangeError' })
    }
  })
})
