import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { MAX_BODY_BYTES } from '../../src/http/constants.ts'
import { randomPeer } from './support/fake-nebula.ts'
import { TOKEN, raw, startServer } from './support/server.ts'
import type { Fixture } from './support/server.ts'
import type { PeerId } from '@libp2p/interface'

describe('control API: requests that are refused', () => {
  let fixture: Fixture
  let peer: PeerId

  before(async () => {
    fixture = await startServer()
    peer = await randomPeer()
  })

  after(async () => {
    await fixture.server.stop()
  })

  const invalid: Array<[string, unknown, RegExp]> = [
    ['/connect', {}, /^multiaddr: /],
    ['/connect', { multiaddr: 1 }, /^multiaddr: /],
    ['/connect', { multiaddr: 'nonsense' }, /^not a multiaddr: "nonsense"/],
    ['/connect', { multiaddr: '/' }, /^not a multiaddr/],
    ['/connect', { multiaddr: '/ip4/127.0.0.1/tcp/1/p2p/xyz' }, /^not a multiaddr/],
    ['/connect', { multiaddr: '/ip4/1.2.3.4/tcp/1', direct: 'yes' }, /^direct: /],
    ['/connect', { multiaddr: '/ip4/1.2.3.4/tcp/1', undirected: true }, /undirected/],
    ['/connect', [], /^body: /],
    ['/disconnect', { peer: 'xyz' }, /^not a peer id: "xyz"/],
    ['/send', { peer: 'PEER', type: 'gossip' }, /^type: /],
    ['/send', { peer: 'PEER', type: 'control', action: 'dance' }, /^action: /],
    ['/send', { peer: 'PEER', type: 'control', fields: { volume: 1 } }, /volume/],
    ['/send', { peer: 'PEER', type: 'federation', fields: { round: 1.5 } }, /^fields\.round: /],
    ['/send', { peer: 'PEER', type: 'federation', fields: { round: 2 ** 31 } }, /^fields\.round: /],
    ['/send', { peer: 'PEER', type: 'model', fields: { weight: 5 } }, /^fields\.weight: /],
    ['/send', { peer: 'PEER', type: 'model', fields: { weight: '9223372036854775808' } }, /^fields\.weight/],
    ['/send', { peer: 'PEER', type: 'model', fields: { parameters: '***' } }, /^fields\.parameters: /],
    ['/send', { peer: 'PEER', type: 'model', fields: { round: 4 } }, /^fields\.parameters: .*needed/],
    ['/send', { peer: 'PEER', type: 'offer', action: 'offer_model' }, /^fields\.parameters: .*needed/],
    ['/send', { peer: 'PEER', type: 'reputation', fields: { nodeid: 'x' } }, /nodeid/],
    ['/send', { peer: 'PEER', type: 'reputation', fields: { node_id: 5 } }, /^fields\.node_id: /],
    [
      '/send',
      { peer: 'PEER', type: 'reputation', fields: { nodeId: 'x', node_id: 'y' } },
      /^fields: .*both of its names/
    ],
    ['/join', { addrs: [] }, /^addrs: /],
    ['/join', { addrs: Array(65).fill('/ip4/1.2.3.4/tcp/1') }, /^addrs: /],
    ['/restrictions', { peer: 'xyz' }, /^not a peer id/]
  ]

  for (const [path, sent, message] of invalid) {
    it(`answers 400 to ${path} with ${JSON.stringify(sent).slice(0, 80)}`, async () => {
      const filled = JSON.parse(JSON.stringify(sent).replace('PEER', peer.toString())) as unknown
      const { status, body } = await fixture.call('POST', path, filled)

      assert.equal(status, 400)
      assert.match((body.error as { message: string }).message, message)
      assert.deepEqual(fixture.nebula.calls, [])
    })
  }

  it('answers 400 to a body that is not JSON', async () => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
    const answer = await raw(fixture.server.address ?? '', {
      method: 'POST',
      path: '/api/v1/connect',
      headers,
      body: '{'
    })

    assert.equal(answer.status, 400)
    assert.equal((JSON.parse(answer.body) as { error: { name: string } }).error.name, 'InvalidRequestError')
  })

  it('answers 400 to a body that is JSON by another name', async () => {
    const answer = await raw(fixture.server.address ?? '', {
      method: 'POST',
      path: '/api/v1/connect',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'text/plain' },
      body: '{"multiaddr":"/ip4/127.0.0.1/tcp/4001"}'
    })

    assert.equal(answer.status, 400)
    assert.deepEqual(fixture.nebula.calls, [])
  })

  for (const [bytes, chunked, status] of [
    [MAX_BODY_BYTES, false, 400],
    [MAX_BODY_BYTES + 1, false, 413],
    [1_000, true, 411]
  ] as const) {
    it(`answers ${status} to ${bytes} bytes${chunked ? ' of no announced length' : ''}`, async () => {
      const answer = await raw(fixture.server.address ?? '', {
        method: 'POST',
        path: '/api/v1/connect',
        headers: {
          authorization: `Bearer ${TOKEN}`,
          'content-type': 'application/json',
          ...(chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(bytes) })
        },
        body: `{"multiaddr":"${'x'.repeat(bytes - 16)}"}`
      })

      assert.equal(answer.status, status)
    })
  }
})
