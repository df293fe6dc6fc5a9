import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { noise } from '@chainsafe/libp2p-noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { ping } from '../../protocols/ping.ts'
import { createStockNode, until, withNodes } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

async function createBareNode(): Promise<Libp2p> {
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()]
  })
}

describe('ping', () => {
  it('is answered by a node with the service, and by one that does not know it, and leaves no stream', async () => {
    await withNodes(
      [createStockNode(), createStockNode(), createBareNode()],
      async (a: Libp2p, b: Libp2p, bare: Libp2p) => {
        for (const other of [b, bare]) {
          const connection = await a.dial(other.getMultiaddrs())

          await ping(connection, {})
          await until('no stream of it is left', () =>
            connection.streams.every(({ protocol }) => protocol !== '/ipfs/ping/1.0.0')
          )
        }
      }
    )
  })

  it('fails for a peer that says nothing, when the signal is aborted, and for a connection that is over', async () => {
    await withNodes([createStockNode(), createBareNode()], async (a: Libp2p, mute: Libp2p) => {
      const asked = Promise.withResolvers<void>()

      await mute.handle('/ipfs/ping/1.0.0', () => asked.resolve())

      const connection = await a.dial(mute.getMultiaddrs())
      const controller = new AbortController()
      const failed = assert.rejects(ping(connection, { signal: controller.signal }))

      await asked.promise
      controller.abort(new Error('long enough'))
      await failed
      connection.abort(new Error('cable pulled'))
      await assert.rejects(ping(connection, {}))
    })
  })
})
