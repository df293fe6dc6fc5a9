import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { knownAddress, seenAddress } from '../../src/links/known-address.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import type { Link } from '../../src/links/index.ts'
import type { PeerId } from '@libp2p/interface'

describe('the address at which others can reach a linked peer', () => {
  let peer: PeerId

  before(async () => {
    peer = await createPeerId()
  })

  const CASES = [
    {
      id: 'is where it was dialled',
      direction: 'outbound',
      remote: '/ip4/192.0.2.1/tcp/1',
      said: ['/ip4/192.0.2.1/tcp/2'],
      expected: '/ip4/192.0.2.1/tcp/1',
      seen: true
    },
    {
      id: 'is its listener on the host that this node sees',
      direction: 'inbound',
      remote: '/ip4/192.0.2.1/tcp/50000',
      said: ['/ip4/127.0.0.1/tcp/2', '/ip4/10.0.0.1/tcp/2', '/ip4/192.0.2.1/tcp/2'],
      expected: '/ip4/192.0.2.1/tcp/2',
      seen: true
    },
    {
      id: 'is on loopback for nodes of one machine',
      direction: 'inbound',
      remote: '/ip4/127.0.0.1/tcp/50000',
      said: ['/ip4/192.0.2.1/tcp/2', '/ip4/127.0.0.1/tcp/2'],
      expected: '/ip4/127.0.0.1/tcp/2',
      seen: true
    },
    {
      id: 'is no loopback otherwise',
      direction: 'inbound',
      remote: '/ip4/198.51.100.1/tcp/50000',
      said: ['/ip4/127.0.0.1/tcp/2', '/ip4/10.0.0.1/tcp/2'],
      expected: '/ip4/10.0.0.1/tcp/2',
      seen: false
    },
    {
      id: 'is better than none',
      direction: 'inbound',
      remote: '/ip4/198.51.100.1/tcp/50000',
      said: ['/ip4/127.0.0.1/tcp/2'],
      expected: '/ip4/127.0.0.1/tcp/2',
      seen: false
    },
    {
      id: 'is not where the peer was seen when it leads to a name',
      direction: 'inbound',
      remote: '/ip4/192.0.2.1/tcp/50000',
      said: ['/ip4/192.0.2.1/tcp/443/tls/sni/example.com/ws'],
      expected: '/ip4/192.0.2.1/tcp/443/tls/sni/example.com/ws',
      seen: false
    }
  ] as const

  for (const { id, direction, remote, said, expected, seen } of CASES) {
    it(id, () => {
      for (const suffix of ['', `/p2p/${peer}`]) {
        const link = {
          peer,
          connection: { direction, remoteAddr: multiaddr(`${remote}${suffix}`) },
          node: { listenAddrs: said.map((addr) => multiaddr(`${addr}${suffix}`)) }
        } as unknown as Link

        assert.equal(String(knownAddress(link)), `${expected}/p2p/${peer}`)
        assert.equal(seenAddress(link) != null, seen, 'where the peer was seen')
      }
    })
  }

  it('is unknown of a peer that says none, or only those of another', async () => {
    const connection = { direction: 'inbound', remoteAddr: multiaddr('/ip4/192.0.2.1/tcp/1') }
    const foreign = multiaddr(`/ip4/192.0.2.1/tcp/1/p2p/${await createPeerId()}`)

    for (const listenAddrs of [[], [foreign]]) {
      assert.equal(knownAddress({ peer, connection, node: { listenAddrs } } as unknown as Link), undefined)
    }
  })
})
