import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { tcp } from '@libp2p/tcp'
import { createNode } from '../../src/node/index.ts'
import { INBOUND_UPGRADE_TIMEOUT_MS, MAX_WEBSOCKET_MESSAGE_BYTES } from '../../src/node/constants.ts'
import { webSocketTransport } from '../../src/node/websocket-transport.ts'
import { createStockNode, until, withNodes } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'
import type { Socket } from 'node:net'

const MAX = 4
const TIMEOUT_MS = 1_000
/** On a busy machine; without the bound a socket stays for ever. */
const LATE_MS = 30_000
const UPGRADE =
  'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'

function listener(listen: string[], timeout = TIMEOUT_MS): Promise<Libp2p> {
  return createStockNode({
    addresses: { listen },
    transports: [tcp(), webSocketTransport({ max: MAX, timeout })]
  })
}

function portOf(node: Libp2p, suffix: RegExp): number {
  const addr = node
    .getMultiaddrs()
    .map(String)
    .find((text) => suffix.test(text))

  return Number(addr?.split('/')[4])
}

async function open(port: number, first = '', host = '127.0.0.1'): Promise<Socket> {
  const socket = connect(port, host)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.resume()
  socket.write(first)

  return socket
}

describe('webSocketTransport', () => {
  for (const [what, first, host] of [
    ['says nothing', '', '127.0.0.1'],
    ['says nothing over IPv6', '', '::1'],
    ['says half a request', 'GET / HTTP/1.1\r\nHost:', '127.0.0.1'],
    ['has a WebSocket and then says nothing', UPGRADE, '127.0.0.1']
  ] as const) {
    it(`drops a socket in time that ${what}`, async () => {
      const ip = host === '::1' ? 'ip6/0:0:0:0:0:0:0:1' : `ip4/${host}`

      await withNodes([listener([`/${ip}/tcp/0/ws`])], async (node) => {
        const socket = await open(portOf(node, /ws/), first, host)
        const opened = Date.now()
        await once(socket, 'close')

        assert.ok(Date.now() - opened < TIMEOUT_MS + LATE_MS)
      })
    })
  }

  it('holds silent sockets up to its bound, and then drops the oldest', async () => {
    await withNodes([listener(['/ip4/0.0.0.0/tcp/0/ws'], 60_000)], async (node) => {
      const sockets: Socket[] = []

      for (let i = 0; i < MAX; i++) {
        sockets.push(await open(portOf(node, /ws/)))
      }

      // an answer shows that the listener has dealt with all that came before
      const asking = await open(portOf(node, /ws/), 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
      await once(asking, 'data')
      await until('the oldest is gone', () => sockets[0]?.destroyed === true)

      assert.deepEqual(
        sockets.map((socket) => socket.destroyed),
        [true, false, false, false]
      )
    })
  })

  it('keeps the connection of a peer, whatever silent sockets there are and however long it lasts', async () => {
    await withNodes(
      [listener(['/ip4/127.0.0.1/tcp/0/ws'], 3 * TIMEOUT_MS), createStockNode({ addresses: { listen: [] } })],
      async (node, peer) => {
        for (let i = 0; i < MAX; i++) {
          await open(portOf(node, /ws/))
        }

        const connection = await peer.dial(node.getMultiaddrs())
        const silent: Socket[] = []

        for (let i = 0; i <= MAX; i++) {
          silent.push(await open(portOf(node, /ws/)))
        }

        await until('the silent sockets are gone', () => silent.every((socket) => socket.destroyed))

        assert.equal(connection.status, 'open')
        assert.equal(node.getConnections().length, 1)
        await connection.newStream('/ipfs/ping/1.0.0')
      }
    )
  })

  for (const [what, frame] of [
    ['reserved bits', [0xf0, 0x80, 0, 0, 0, 0]],
    ['no mask', [0x82, 0x01, 0x41]],
    ['an unknown opcode', [0x83, 0x80, 0, 0, 0, 0]],
    ['text that is not UTF-8', [0x81, 0x81, 0, 0, 0, 0, 0xff]]
  ] as const) {
    it(`lives through a frame with ${what}`, async () => {
      await withNodes([listener(['/ip4/127.0.0.1/tcp/0/ws'], 60_000)], async (node) => {
        const socket = await open(portOf(node, /ws/), UPGRADE)
        await once(socket, 'data')
        const closed = once(socket, 'close')
        socket.write(Uint8Array.from(frame))
        await closed
      })
    })
  }

  it('does not wait for the rest of a message that is too long', async () => {
    await withNodes([listener(['/ip4/127.0.0.1/tcp/0/ws'], 60_000)], async (node) => {
      const socket = await open(portOf(node, /ws/), UPGRADE)
      const length = Buffer.alloc(8)

      await once(socket, 'data')
      length.writeBigUInt64BE(BigInt(MAX_WEBSOCKET_MESSAGE_BYTES + 1))

      const answer = once(socket, 'data') as Promise<[Buffer]>

      socket.write(Buffer.concat([Uint8Array.from([0x82, 0xff]), length, Buffer.alloc(4)]))

      const [frame] = await answer

      // a close frame with code 1009, "message too big"
      assert.deepEqual([frame[0], frame.readUInt16BE(2)], [0x88, 1009])
    })
  })

  it('takes as long a message as its bound says', async () => {
    await withNodes([listener(['/ip4/127.0.0.1/tcp/0/ws'], 60_000)], async (node) => {
      const socket = await open(portOf(node, /ws/), UPGRADE)
      const length = Buffer.alloc(8)
      const closed: Socket[] = []

      await once(socket, 'data')
      socket.on('data', () => closed.push(socket))
      length.writeBigUInt64BE(BigInt(MAX_WEBSOCKET_MESSAGE_BYTES))
      socket.write(Buffer.concat([Uint8Array.from([0x82, 0xff]), length, Buffer.alloc(4)]))

      // an answer to another shows that the listener has dealt with what came before
      await once(await open(portOf(node, /ws/), 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 'data')
      assert.deepEqual(closed, [])
      socket.destroy()
    })
  })

  it('lets go of the socket of a connection that it aborts', async () => {
    await withNodes(
      [listener(['/ip4/127.0.0.1/tcp/0/ws'], 60_000), createStockNode({ addresses: { listen: [] } })],
      async (node, peer) => {
        const connection = await peer.dial(node.getMultiaddrs())
        await until('the connection is there', () => node.getConnections().length === 1)
        node.getConnections()[0]?.abort(new Error('enough'))
        await until('the peer knows', () => connection.status !== 'open')
      }
    )
  })

  it('leaves the sockets of another transport alone', async () => {
    await withNodes([listener(['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'])], async (node) => {
      const other = await open(portOf(node, /tcp\/\d+\/p2p/))
      const silent = await open(portOf(node, /ws/))
      await once(silent, 'close')

      assert.equal(other.destroyed, false)
      other.destroy()
    })
  })
})

describe('a configured node', () => {
  it('stops at once while a socket on its WebSocket port says nothing', async () => {
    const node = await createNode({
      listen: ['/ip4/127.0.0.1/tcp/0/ws'],
      mdns: { enabled: false },
      stopTimeout: '1h'
    })
    const socket = await open(portOf(node.libp2p, /ws/))
    const before = Date.now()
    await node.stop()

    // what ends such a socket otherwise
    assert.ok(Date.now() - before < INBOUND_UPGRADE_TIMEOUT_MS)
    socket.destroy()
  })
})
