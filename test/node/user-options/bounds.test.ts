import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import { createNode } from '../../../src/node/index.ts'
import type { Socket } from 'node:net'

const MAX = 4

describe("the node's bounds with transports of the user", () => {
  it('drop the oldest silent sockets, so that an honest peer gets in', async () => {
    const base = { transports: ['tcp' as const], mdns: { enabled: false } }
    const server = await createNode(
      { ...base, listen: ['/ip4/127.0.0.1/tcp/0/ws'], connections: { maxIncomingPending: MAX } },
      { libp2p: { transports: [webSockets()] } }
    )
    const client = await createNode({ ...base, listen: [] }, { libp2p: { transports: [webSockets()] } })
    const silent: Socket[] = []

    try {
      const [, , , , port] = String(server.libp2p.getMultiaddrs()[0]).split('/')
      const closed = Promise.withResolvers<void>()

      for (let i = 0; i < 3 * MAX; i++) {
        const socket = connect(Number(port), '127.0.0.1')

        socket.on('error', () => undefined)
        silent.push(socket)
        socket.resume().once('close', closed.resolve)
        await once(socket, 'connect')
      }

      await closed.promise

      const link = await client.nebula.connect(
        multiaddr(`/ip4/127.0.0.1/tcp/${port}/ws/p2p/${server.peerId}`)
      )

      assert.ok(link.peer.equals(server.peerId))
      assert.ok(silent.filter(({ destroyed }) => !destroyed).length <= MAX)
    } finally {
      silent.forEach((socket) => socket.destroy())
      await Promise.all([client.stop(), server.stop()])
    }
  })

  it('deny a banned peer although the gater of the user lets it in, and one that the user denies', async () => {
    const asked: string[] = []
    const base = { mdns: { enabled: false }, listen: ['/ip4/127.0.0.1/tcp/0'] }
    const client = await createNode(base)
    const server = await createNode(base, {
      libp2p: {
        connectionGater: {
          denyInboundEncryptedConnection: (peer) => {
            asked.push(String(peer))

            return false
          },
          denyDialPeer: (peer) => peer.equals(client.peerId)
        }
      }
    })

    try {
      await client.nebula.connect(server.libp2p.getMultiaddrs())
      assert.deepEqual(asked, [String(client.peerId)])
      await server.nebula.addToBlacklist(client.peerId)
      await assert.rejects(client.nebula.connect(server.libp2p.getMultiaddrs()))
      await server.nebula.clearRestrictions()
      await assert.rejects(server.nebula.connect(client.libp2p.getMultiaddrs()), {
        name: 'DialDeniedError'
      })
    } finally {
      await Promise.all([client.stop(), server.stop()])
    }
  })
})
