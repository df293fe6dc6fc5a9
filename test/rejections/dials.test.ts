import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { createNode } from '../../src/node/index.ts'
import { createOverlayNode, createStockNode } from '../support/overlay-nodes.ts'
import { assertTyped, rejectionOf } from './support.ts'
import type { Nebula } from '../../src/index.ts'
import type { NebulaNode } from '../../src/node/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'
import type { AddressInfo, Server } from 'node:net'

async function listening<T extends Server>(server: T): Promise<T> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return server
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

describe('what a link that cannot be made is told with', () => {
  let stock: Libp2p
  let plain: OverlayNode
  let ours: NebulaNode
  let web: Server
  let closing: Server
  let refused: number

  before(async () => {
    const gone = await listening(createTcpServer())

    refused = portOf(gone)
    gone.close()
    web = await listening(createServer((_, response) => response.end('no')))
    closing = await listening(createTcpServer((socket) => socket.destroy()))
    stock = await createStockNode()
    plain = await createOverlayNode()
    ours = await createNode({
      federation: 'test',
      listen: [],
      transports: ['tcp', 'websocket'],
      mdns: { enabled: false }
    })
    await ours.start()
  })

  after(async () => {
    web.close()
    closing.close()
    await Promise.all([stock.stop(), plain.stop(), ours.stop()])
  })

  /** Of each address: what a node of ours says, which knows why a WebSocket failed. */
  const cases: Array<[string, () => string, RegExp]> = [
    ['TCP, and nothing listens', () => `/ip4/127.0.0.1/tcp/${refused}`, /ECONNREFUSED/],
    ['WebSocket, and nothing listens', () => `/ip4/127.0.0.1/tcp/${refused}/ws`, /ECONNREFUSED/],
    ['secure WebSocket, and nothing listens', () => `/ip4/127.0.0.1/tcp/${refused}/tls/ws`, /ECONNREFUSED/],
    ['WebSocket, to a server of web pages', () => `/ip4/127.0.0.1/tcp/${portOf(web)}/ws`, /answers 200/],
    [
      'secure WebSocket, to a server without TLS',
      () => `/ip4/127.0.0.1/tcp/${portOf(web)}/tls/ws`,
      /TLS failed/
    ],
    ['TCP, and it ends at once', () => `/ip4/127.0.0.1/tcp/${portOf(closing)}`, /./],
    ['WebSocket, and it ends at once', () => `/ip4/127.0.0.1/tcp/${portOf(closing)}/ws`, /./],
    ['TCP, and there is no such host', () => '/dns4/nothing.invalid/tcp/1', /./],
    ['WebSocket, and there is no such host', () => '/dns4/nothing.invalid/tcp/1/ws', /./],
    [
      'TCP, to a peer without the overlay',
      () => String(stock.getMultiaddrs().find((addr) => !String(addr).includes('/ws'))),
      /./
    ],
    [
      'WebSocket, to a peer without the overlay',
      () => String(stock.getMultiaddrs().find((addr) => String(addr).includes('/ws'))),
      /./
    ]
  ]

  for (const [what, addr, message] of cases) {
    it(`is an error that says why: ${what}`, async () => {
      const connect = async (nebula: Nebula): Promise<unknown> =>
        rejectionOf(nebula.connect(multiaddr(addr())))
      const [error, error2] = await Promise.all([connect(ours.nebula), connect(plain.services.nebula)])

      assertTyped(error, 'createNode:')
      assertTyped(error2, 'service:')
      assert.match(error.message, message)
    })
  }

  it('gathers what several addresses say', async () => {
    const error = await rejectionOf(
      ours.nebula.connect([
        multiaddr(`/ip4/127.0.0.1/tcp/${refused}`),
        multiaddr(`/ip4/127.0.0.1/tcp/${portOf(web)}/ws`)
      ])
    )

    assertTyped(error)
    assert.match(error.message, /ECONNREFUSED.*answers 200|answers 200.*ECONNREFUSED/)
  })
})
