import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { createNode } from '../../src/node/index.ts'
import { until } from '../support/overlay-nodes.ts'
import type { ConfigInput } from '../../src/config/index.ts'
import type { NebulaNode } from '../../src/node/index.ts'
import type { TestContext } from 'node:test'

async function start(t: TestContext, config: ConfigInput): Promise<NebulaNode> {
  const node = await createNode({ federation: 'test', mdns: { enabled: false }, ...config })

  t.after(async () => node.stop())

  return node
}

/** A relay with these options, two nodes that are reached through it only, and two that want to reach them. */
async function relayed(t: TestContext, relay: ConfigInput['relay']) {
  const server = await start(t, { proxy: true, listen: ['/ip4/127.0.0.1/tcp/0'], relay })
  const [address] = server.libp2p.getMultiaddrs()
  const targets = await Promise.all([0, 1].map(async () => start(t, { listen: [`${address}/p2p-circuit`] })))
  const clients = await Promise.all([0, 1].map(async () => start(t, { listen: [] })))

  await until('both have reservations', () => server.libp2p.services.relay?.reservations.size === 2)

  const dial = async (client: 0 | 1, target: 0 | 1) =>
    clients[client]?.libp2p.dial(multiaddr(`${address}/p2p-circuit/p2p/${targets[target]?.peerId}`))

  return Object.assign(dial, {
    /** How many connections the relay carries. */
    relaying: () =>
      server.libp2p
        .getConnections()
        .flatMap(({ streams }) => streams)
        .filter(({ protocol }) => protocol === '/libp2p/circuit/relay/0.2.0/hop').length
  })
}

describe('the limits of the relay for each client', () => {
  it('hold the connections that one client has through it', async (t) => {
    const dial = await relayed(t, { maxConnectionsPerClient: 1 })

    const first = await dial(0, 0)

    await assert.rejects(dial(0, 1))
    // another has its own, and the first again once the connection is over
    await dial(1, 1)
    await first?.close()
    await until('the relay has noticed', () => dial.relaying() === 1)
    await dial(0, 1)
  })

  it('hold the connections that one node has through it', async (t) => {
    const dial = await relayed(t, { maxConnectionsPerTarget: 1 })

    await dial(0, 0)
    await assert.rejects(dial(1, 0))
    await dial(1, 1)
  })
})
