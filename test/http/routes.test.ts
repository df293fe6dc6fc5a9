import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { DialError, TimeoutError } from '@libp2p/interface'
import { Validator } from '@seriousme/openapi-schema-validator'
import { EVENT_SCHEMAS } from '../../src/http/event-schemas.ts'
import { DiskFullError, ProxyError } from '../../src/index.ts'
import { linkTo, randomPeer } from './support/fake-nebula.ts'
import { startServer } from './support/server.ts'
import type { Fixture } from './support/server.ts'
import type { PeerId } from '@libp2p/interface'

describe('control API: routes', () => {
  let fixture: Fixture
  let peer: PeerId

  before(async () => {
    fixture = await startServer()
    peer = await randomPeer()
  })

  afterEach(() => {
    fixture.nebula.calls.length = 0
    fixture.nebula.table.clear()
    fixture.nebula.failures.clear()
  })

  after(async () => {
    await fixture.server.stop()
  })

  it('tells of the node', async () => {
    fixture.nebula.table.set('a', linkTo(peer, { direct: true }))
    fixture.nebula.table.set('b', linkTo(peer, { direct: false }))
    fixture.nebula.warned = [{ code: 'disk-full', message: 'no room', since: 1, error: new Error('ENOSPC') }]

    const { status, body } = await fixture.call('GET', '/node')

    assert.equal(status, 200)
    assert.equal(typeof body.startedAt, 'number')
    assert.equal(typeof body.uptime, 'number')
    assert.deepEqual(
      { ...body, startedAt: 0, uptime: 0 },
      {
        peerId: fixture.nebula.peerId.toString(),
        federation: 'lab',
        multiaddrs: ['/ip4/127.0.0.1/tcp/4001'],
        agent: 'test/1',
        version: '1.2.3',
        startedAt: 0,
        uptime: 0,
        links: 2,
        neighbours: 1,
        federationReady: false,
        location: null,
        warnings: [{ code: 'disk-full', message: 'no room', since: 1 }]
      }
    )
  })

  it('tells where on earth the node is', async () => {
    fixture.nebula.location = { latitude: 38.02, longitude: -1.17 }

    const { body } = await fixture.call('GET', '/node')

    fixture.nebula.location = undefined
    assert.deepEqual(body.location, { latitude: 38.02, longitude: -1.17 })
  })

  it('marks a peer as ready', async () => {
    const { status, body } = await fixture.call('POST', '/ready', { peer: peer.toString() })

    assert.equal(status, 200)
    assert.deepEqual(body, { peer: peer.toString() })
    assert.equal(fixture.nebula.calls[0]?.method, 'addReadyConnection')
    assert.deepEqual(fixture.nebula.calls[0].args.map(String), [peer.toString()])
    assert.equal((await fixture.call('POST', '/ready', { peer: 'nobody' })).status, 400)
    assert.equal((await fixture.call('POST', '/ready', {})).status, 400)
  })

  it('tells of the links', async () => {
    const location = { latitude: 1.5, longitude: -2 }

    fixture.nebula.table.set('a', linkTo(peer, { roles: ['trainer'], round: 3, location }))

    const { body } = await fixture.call('GET', '/peers')
    const [link] = body.peers as Array<Record<string, unknown>>

    assert.equal(link?.peer, peer.toString())
    assert.equal(link?.address, '/ip4/127.0.0.1/tcp/4001')
    assert.equal(link?.round, 3)
    assert.deepEqual(link?.roles, ['trainer'])
    assert.deepEqual(link?.location, location)
    assert.equal('remoteAddr' in (link ?? {}), false)
  })

  it('lists apart the links that are being made again, which can be ended too', async () => {
    const lost = await randomPeer()

    fixture.nebula.table.set(lost.toString(), linkTo(lost, { state: 'reconnecting' }))

    const { body } = await fixture.call('GET', '/peers')
    const { peers, reconnecting } = body as Record<string, Array<{ peer: string; state: string }>>

    assert.equal(
      peers?.some((link) => link.peer === lost.toString()),
      false
    )
    assert.deepEqual(
      reconnecting?.map((link) => [link.peer, link.state]),
      [[lost.toString(), 'reconnecting']]
    )
    assert.equal((await fixture.call('POST', '/disconnect', { peer: lost.toString() })).status, 200)
  })

  it('connects', async () => {
    const { status, body } = await fixture.call('POST', '/connect', {
      multiaddr: '/ip4/127.0.0.1/tcp/4001',
      direct: false,
      priority: 'high'
    })

    assert.equal(status, 200)
    assert.equal(body.direct, false)

    const [target, options] = (fixture.nebula.calls[0]?.args ?? []) as [unknown, Record<string, unknown>]

    assert.equal(String(target), '/ip4/127.0.0.1/tcp/4001')
    assert.equal(options.direct, false)
    assert.equal(options.priority, 'high')
    assert.equal(options.signal instanceof AbortSignal, true)
  })

  it('connects to a peer whose addresses the node knows', async () => {
    await fixture.call('POST', '/connect', { multiaddr: `/p2p/${peer}` })

    assert.equal(peer.equals(fixture.nebula.calls[0]?.args[0] as PeerId), true)
  })

  const refusal = Object.assign(new Error('refused'), { name: 'HandshakeError', reason: 'MAX_LINKS' })
  const failures: Array<[Error, number, Record<string, unknown>]> = [
    [new DialError('nobody there'), 502, { name: 'DialError', message: 'nobody there' }],
    [new TimeoutError('too slow'), 504, { name: 'TimeoutError', message: 'too slow' }],
    [refusal, 409, { name: 'HandshakeError', message: 'refused', reason: 'MAX_LINKS' }],
    [new Error('odd'), 500, { name: 'Error', message: 'odd' }]
  ]

  for (const [error, status, answer] of failures) {
    it(`answers ${status} to a ${error.name} and shows no stack`, async () => {
      fixture.nebula.failures.set('connect', error)

      const got = await fixture.call('POST', '/connect', { multiaddr: '/ip4/127.0.0.1/tcp/4001' })

      assert.equal(got.status, status)
      assert.deepEqual(got.body, { error: answer })
    })
  }

  it('disconnects', async () => {
    fixture.nebula.table.set(peer.toString(), linkTo(peer))

    const { status } = await fixture.call('POST', '/disconnect', { peer: peer.toString(), mutual: false })
    const [target, options] = (fixture.nebula.calls[0]?.args ?? []) as [PeerId, Record<string, unknown>]

    assert.equal(status, 200)
    assert.equal(peer.equals(target), true)
    assert.equal(options.mutual, false)
    assert.equal(options.forced, false)
  })

  it('answers 404 to the end of a link there is not, unless the peer is to be blacklisted', async () => {
    const plain = await fixture.call('POST', '/disconnect', { peer: peer.toString() })
    const forced = await fixture.call('POST', '/disconnect', { peer: peer.toString(), forced: true })

    assert.equal(plain.status, 404)
    assert.equal((plain.body.error as { name: string }).name, 'NoLinkError')
    assert.equal(forced.status, 200)
  })

  it('sends, with bytes from base64 and big integers from strings', async () => {
    const { status, body } = await fixture.call('POST', '/send', {
      peer: peer.toString(),
      type: 'model',
      fields: { parameters: 'AQID', weight: '9007199254740993', round: 2 }
    })

    assert.equal(status, 200)
    assert.deepEqual(body, { peer: peer.toString(), type: 'model', action: '' })
    assert.deepEqual(fixture.nebula.calls[0], {
      method: 'createMessage',
      args: [
        'model',
        undefined,
        { parameters: new Uint8Array([1, 2, 3]), weight: 9_007_199_254_740_993n, round: 2 }
      ]
    })
    assert.equal(fixture.nebula.calls[1]?.method, 'send')
  })

  it('takes fields by the names of the schema, too', async () => {
    const sent = { peer: peer.toString(), type: 'reputation', fields: { node_id: 'x', score: 0.5 } }

    assert.equal((await fixture.call('POST', '/send', sent)).status, 200)
    assert.deepEqual(fixture.nebula.calls[0]?.args, ['reputation', undefined, { nodeId: 'x', score: 0.5 }])
  })

  it('sends by way of a proxy, and tells why it was not delivered', async () => {
    const [proxy, message] = [await randomPeer(), { type: 'control', action: 'alive' }]
    const send = { ...message, peer: peer.toString(), via: proxy.toString() }
    const { status, body } = await fixture.call('POST', '/send', send)
    const [given, target] = (fixture.nebula.calls[1]?.args ?? []) as PeerId[]

    assert.equal(status, 200)
    assert.deepEqual(body, { peer: peer.toString(), type: 'control', action: 'alive' })
    assert.equal(fixture.nebula.calls[1]?.method, 'sendVia')
    assert.ok(given?.equals(proxy) === true && target?.equals(peer) === true)

    fixture.nebula.failures.set('sendVia', new ProxyError('BUSY', { proxy, target: peer }))

    const failed = await fixture.call('POST', '/send', send)

    assert.equal(failed.status, 502)
    assert.deepEqual((failed.body.error as { name: string; reason: string }).reason, 'BUSY')
    assert.equal((await fixture.call('POST', '/send', { ...send, via: 'nobody' })).status, 400)
  })

  it('joins and finds the federation, and steers the beacon', async () => {
    const joined = await fixture.call('POST', '/join', { addrs: [`/p2p/${peer}`] })
    const found = await fixture.call('GET', '/federation')
    const started = await fixture.call('PUT', '/beacon', { running: true, interval: 5_000 })
    const beacon = await fixture.call('GET', '/beacon')

    assert.deepEqual(joined.body, {
      discoversSent: 1,
      linksMade: [],
      linksKept: [],
      leftOut: [
        {
          member: [String(fixture.nebula.peerId)],
          reason: 'failed',
          error: { name: 'Error', message: 'nobody listens' }
        }
      ]
    })
    assert.deepEqual(found.body, {
      federation: 'lab',
      present: [],
      readyPeers: [],
      learningPeers: [],
      ready: false
    })
    assert.deepEqual(started.body, { running: true, interval: 5_000 })
    assert.deepEqual(beacon.body, started.body)
    assert.deepEqual(
      fixture.nebula.calls.map(({ method }) => method),
      ['joinFederation', 'findFederation', 'setBeaconInterval', 'startBeacon']
    )
  })

  it('starts and stops the external connection service, apart from the beacon', async () => {
    const path = '/external-connection-service'
    const first = await fixture.call('GET', path)
    const stopped = await fixture.call('PUT', path, { running: false })
    const again = await fixture.call('PUT', path, { running: false })
    const last = await fixture.call('GET', path)
    const started = await fixture.call('PUT', path, { running: true })

    assert.deepEqual(
      [first, stopped, again, last, started].map(({ body }) => body),
      [true, false, false, false, true].map((running) => ({ running }))
    )
    assert.deepEqual(
      fixture.nebula.calls.map(({ method }) => method),
      ['stopExternalConnectionService', 'startExternalConnectionService']
    )
    assert.equal((await fixture.call('PUT', path, {})).status, 400)
    assert.equal((await fixture.call('PUT', '/beacon', { interval: 3_600_001 })).status, 400)
  })

  it('blacklists, lists, lifts and clears', async () => {
    const other = await randomPeer()
    const added = await fixture.call('POST', '/restrictions', { peer: peer.toString(), reason: 'test' })

    await fixture.call('POST', '/restrictions', { peer: other.toString() })

    const lifted = await fixture.call('DELETE', `/restrictions/${peer}`)
    const listed = await fixture.call('GET', '/restrictions')
    const cleared = await fixture.call('DELETE', '/restrictions')

    assert.deepEqual(added.body.restrictions, [
      { peer: peer.toString(), kind: 'blacklisted', reason: 'test', expiresAt: 1_700_000_240_000 }
    ])
    assert.equal((lifted.body.restrictions as unknown[]).length, 1)
    assert.deepEqual(listed.body, lifted.body)
    assert.deepEqual(cleared.body, { restrictions: [], addresses: [] })
  })

  it('blacklists addresses and lifts it', async () => {
    const added = await fixture.call('POST', '/restrictions', {
      address: '203.0.113.9/24',
      reason: 'test',
      ttl: 1_000
    })

    await fixture.call('POST', '/restrictions', { address: '2001:db8::1' })

    const lifted = await fixture.call('DELETE', '/restrictions/203.0.113.0%2F24')
    const cleared = await fixture.call('DELETE', '/restrictions')

    assert.deepEqual(added.body, {
      restrictions: [],
      addresses: [{ address: '203.0.113.0/24', reason: 'test', expiresAt: 1_700_000_001_000 }]
    })
    assert.deepEqual(lifted.body.addresses, [
      { address: '2001:db8::1', reason: '', expiresAt: 1_700_000_240_000 }
    ])
    assert.deepEqual(cleared.body, { restrictions: [], addresses: [] })
  })

  it('takes a peer or an address, and only one that is one', async () => {
    for (const body of [
      {},
      { peer: peer.toString(), address: '192.0.2.1' },
      { address: '192.0.2.1', ttl: 0 },
      { address: '192.0.2' },
      { address: '192.0.2.0/33' },
      { peer: '192.0.2.1' }
    ]) {
      assert.equal((await fixture.call('POST', '/restrictions', body)).status, 400, JSON.stringify(body))
    }

    assert.equal((await fixture.call('DELETE', '/restrictions/192.0.2.1%2F33')).status, 400)
    assert.deepEqual((await fixture.call('GET', '/restrictions')).body, { restrictions: [], addresses: [] })
  })

  it('tells and explains scores', async () => {
    const explanation = {
      score: -60,
      state: 'graylisted' as const,
      terms: [{ name: 'oversize' as const, counter: 1, threshold: 0, cap: 4, weight: -60, contribution: -60 }]
    }

    fixture.nebula.explanations.set(peer.toString(), { peer, ...explanation })

    const other = await randomPeer()
    const json = { peer: peer.toString(), ...explanation }

    assert.deepEqual((await fixture.call('GET', `/peers/${peer}/score`)).body, json)
    assert.deepEqual((await fixture.call('GET', '/scores')).body, { scores: [json] })
    assert.deepEqual((await fixture.call('GET', `/peers/${other}/score`)).body, {
      peer: other.toString(),
      score: 0,
      state: 'good',
      terms: []
    })
    assert.equal((await fixture.call('GET', '/peers/nobody/score')).status, 400)
  })

  it('answers 404 to what it does not have', async () => {
    const { status, body } = await fixture.call('GET', '/nothing')

    assert.equal(status, 404)
    assert.deepEqual(body, { error: { name: 'RouteNotFoundError', message: 'no such route' } })
  })

  it('sends a file as a model', async () => {
    const request = { peer: peer.toString(), path: '/srv/model.bin', round: -1, weight: '600' }
    const { status, body } = await fixture.call('POST', '/models/send', request)

    assert.equal(status, 200)
    assert.deepEqual(body, { peer: peer.toString(), outcome: 'delivered' })
    assert.deepEqual(fixture.nebula.calls.at(-1)?.args.at(1), {
      payload: { path: '/srv/model.bin' },
      round: -1,
      weight: 600n
    })
  })

  it('tells why one peer did not get a model', async () => {
    fixture.nebula.failures.set(
      'sendModel',
      new AggregateError([Object.assign(new Error('too large'), { name: 'ModelTooLargeError' })])
    )

    const request = { peer: peer.toString(), path: '/srv/model.bin', round: 0 }
    const { status, body } = await fixture.call('POST', '/models/send', request)

    assert.equal(status, 413)
    assert.deepEqual(body, { error: { name: 'ModelTooLargeError', message: 'too large' } })
  })

  it('refuses to send a model from a path that is not absolute, or of a round below -1', async () => {
    for (const wrong of [{ path: 'model.bin' }, { path: '/a\0b' }, { round: -2 }, { weight: '-1' }]) {
      const request = { peer: peer.toString(), path: '/srv/model.bin', round: 0, ...wrong }

      assert.equal((await fixture.call('POST', '/models/send', request)).status, 400, JSON.stringify(wrong))
    }
  })

  it('lists models, and says when one to save is not kept', async () => {
    const { body } = await fixture.call('GET', '/models')

    assert.deepEqual(body, { models: [] })
    fixture.nebula.failures.set('openModel', Object.assign(new Error('gone'), { name: 'ModelGoneError' }))

    const { status } = await fixture.call('POST', '/models/save', { id: 'ab'.repeat(32), path: '/tmp/x' })

    assert.equal(status, 404)
  })

  it('answers 507 when the disk has no room for a model, as its OpenAPI document says', async () => {
    const full = new DiskFullError()
    const { body } = await fixture.call('GET', '/openapi.json')
    const paths = body.paths as Record<string, { post?: { responses: object } }>

    fixture.nebula.failures.set('sendModel', full)
    fixture.nebula.failures.set('openModel', full)

    for (const [route, request] of [
      ['/models/send', { peer: peer.toString(), path: '/tmp/x', round: 1 }],
      ['/models/save', { id: 'ab'.repeat(32), path: '/tmp/x' }]
    ] as const) {
      assert.equal((await fixture.call('POST', route, request)).status, 507)
      assert.ok('507' in (paths[`/api/v1${route}`]?.post?.responses ?? {}), route)
    }
  })

  it('describes every event of the stream in the OpenAPI document', async () => {
    const { body } = await fixture.call('GET', '/openapi.json')
    const { schemas } = body.components as {
      schemas: Record<string, { discriminator?: { mapping: object } }>
    }

    assert.deepEqual(
      Object.keys(schemas['Event']?.discriminator?.mapping ?? {}).sort(),
      Object.keys(EVENT_SCHEMAS).sort()
    )
  })

  it('serves a valid OpenAPI document that names every route', async () => {
    const { body } = await fixture.call('GET', '/openapi.json')
    const validator = new Validator()
    const result = await validator.validate(body)

    assert.deepEqual(result.errors ?? [], [])
    assert.equal(result.valid, true)
    assert.deepEqual(Object.keys(body.paths as object).sort(), [
      '/api/v1/beacon',
      '/api/v1/connect',
      '/api/v1/disconnect',
      '/api/v1/engine',
      '/api/v1/engine/requests',
      '/api/v1/engine/requests/{id}',
      '/api/v1/events',
      '/api/v1/external-connection-service',
      '/api/v1/federation',
      '/api/v1/join',
      '/api/v1/late-join',
      '/api/v1/models',
      '/api/v1/models/save',
      '/api/v1/models/send',
      '/api/v1/models/{id}',
      '/api/v1/models/{id}/fetch',
      '/api/v1/models/{id}/send',
      '/api/v1/node',
      '/api/v1/peers',
      '/api/v1/peers/{peer}/direct',
      '/api/v1/peers/{peer}/score',
      '/api/v1/propagate',
      '/api/v1/ready',
      '/api/v1/request',
      '/api/v1/restrictions',
      '/api/v1/restrictions/{target}',
      '/api/v1/scores',
      '/api/v1/send'
    ])
  })
})
