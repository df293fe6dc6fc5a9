import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { createNode } from '../../src/node/index.ts'
import { createStockNode, until, withNodes } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'
import type { Socket } from 'node:net'

const MAX = 4
const UPGRADE =
  'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'

async function open(port: number, from: string, first: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from })
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.resume()
  socket.write(first)

  return socket
}

describe('connections that are not secured', () => {
  for (const [transport, suffix, first, max] of [
    ['TCP', '', '', MAX],
    // one that is given up may take its time to say goodbye
    ['WebSocket', '/ws', UPGRADE, 2 * MAX]
  ] as const) {
    it(`are bounded over ${transport}, the host with the most loses its oldest, and nobody is kept out`, async () => {
      const listening = createNode({
        listen: [`/ip4/127.0.0.1/tcp/0${suffix}`],
        mdns: { enabled: false },
        connections: { maxIncomingPending: MAX }
      })
      const node = await listening
      const sockets: Socket[] = []

      await withNodes([Promise.resolve(node.libp2p as Libp2p), createStockNode()], async (_, stock) => {
        const port = Number(node.libp2p.getMultiaddrs()[0]?.toString().split('/')[4])
        const neighbour = await open(port, '127.0.0.3', first)

        for (let i = 0; i < 5 * MAX; i++) {
          sockets.push(await open(port, '127.0.0.2', first))
        }

        await until('no more are held', () => sockets.filter(({ closed }) => !closed).length <= max - 1)
        assert.equal(sockets.at(-1)?.closed, false, 'the newest is held')
        assert.equal(neighbour.closed, false, 'another host keeps its own')
        await stock.dial(node.libp2p.getMultiaddrs())
        neighbour.destroy()
      })
      await node.stop()
      await until('all are closed', () => sockets.every(({ closed }) => closed))
    })
  }
})
