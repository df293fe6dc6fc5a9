import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { HEARTBEAT_INTERVAL_MS } from '../../src/http/constants.ts'
import { EventStream } from '../../src/http/event-stream.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { FakeNebula, linkTo, randomPeer } from './support/fake-nebula.ts'
import { TOKEN, startServer } from './support/server.ts'
import type { ReceivedMessage } from '../../src/interface.ts'
import type { Fixture } from './support/server.ts'

const READY = { event: 'ready', time: 0 }

async function readText(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const { value } = await reader.read()

  return new TextDecoder().decode(value)
}

describe('event stream', () => {
  it('follows the overlay only while somebody reads', async () => {
    const clock = new ManualClock()
    const nebula = new FakeNebula(await randomPeer())
    const stream = new EventStream({ nebula, clock })

    assert.equal(nebula.listenerCount('link:open'), 0)

    const first = stream.open(READY, () => {}).getReader()
    const second = stream.open(READY, () => {}).getReader()

    assert.equal(nebula.listenerCount('link:open'), 1)
    assert.equal(clock.pending, 1)

    await first.cancel()
    assert.equal(stream.clients, 1)
    await second.cancel()

    assert.equal(stream.clients, 0)
    assert.equal(nebula.listenerCount('link:open'), 0)
    assert.equal(clock.pending, 0)
  })

  it('begins with ready, then tells what happens, and beats', async () => {
    const clock = new ManualClock()
    const peer = await randomPeer()
    const nebula = new FakeNebula(await randomPeer())
    const stream = new EventStream({ nebula, clock })
    const reader = stream.open(READY, () => {}).getReader()

    nebula.dispatchEvent(new CustomEvent('link:close', { detail: { link: linkTo(peer), reason: 'remote' } }))
    await clock.advance(HEARTBEAT_INTERVAL_MS)

    assert.equal(await readText(reader), 'event: ready\ndata: {"event":"ready","time":0}\n\n')

    const [head, data] = (await readText(reader)).split('\n')
    const event = JSON.parse(data?.replace('data: ', '') ?? '') as Record<string, unknown>

    assert.equal(head, 'event: link:close')
    assert.equal(event.peer, peer.toString())
    assert.equal(event.reason, 'remote')
    assert.equal(event.time, 1_700_000_000_000)
    assert.equal(await readText(reader), ': alive\n\n')

    stream.stop()
    assert.equal((await reader.read()).done, true)
    assert.equal(clock.pending, 0)
  })

  it('drops the client whose buffer is full, and no other', async () => {
    const nebula = new FakeNebula(await randomPeer())
    const event = new CustomEvent('federation:ready', { detail: { neighbours: [] } })
    const length =
      'event: federation:ready\ndata: {"event":"federation:ready","time":1700000000000,"neighbours":[]}\n\n'
        .length
    const readyLength = 'event: ready\ndata: {"event":"ready","time":0}\n\n'.length
    const stream = new EventStream(
      { nebula, clock: new ManualClock() },
      { maxBufferBytes: readyLength + 2 * length }
    )
    const dropped: string[] = []
    const slow = stream.open(READY, () => dropped.push('slow'))
    const quick = stream.open(READY, () => dropped.push('quick')).getReader()

    await quick.read()
    nebula.dispatchEvent(event)
    nebula.dispatchEvent(event)
    assert.deepEqual(dropped, [])
    await quick.read()
    nebula.dispatchEvent(event)

    assert.deepEqual(dropped, ['slow'])
    assert.equal(stream.clients, 1)
    assert.equal(slow.locked, false)
  })

  it('has a bounded number of clients', async () => {
    const nebula = new FakeNebula(await randomPeer())
    const stream = new EventStream({ nebula, clock: new ManualClock() }, { maxClients: 2 })

    stream.open(READY, () => {})
    stream.open(READY, () => {})
    assert.throws(() => stream.open(READY, () => {}), { name: 'TooManyEventClientsError' })
    stream.stop()
    stream.open(READY, () => {})
    stream.stop()
  })
})

describe('event stream over HTTP', () => {
  let fixture: Fixture

  before(async () => {
    fixture = await startServer({ events: { maxClients: 1, maxBufferBytes: 1_048_576 } })
  })

  after(async () => {
    await fixture.server.stop()
  })

  const open = async (): Promise<Response> =>
    fetch(`${fixture.server.address}/api/v1/events`, { headers: { authorization: `Bearer ${TOKEN}` } })

  it('streams, refuses one client too many, and forgets one that went', async () => {
    const controller = new AbortController()
    const response = await fetch(`${fixture.server.address}/api/v1/events`, {
      headers: { authorization: `Bearer ${TOKEN}` },
      signal: controller.signal
    })
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()

    assert.equal(response.headers.get('content-type'), 'text/event-stream')
    assert.match(await readText(reader), /^event: ready\ndata: \{"event":"ready",.*"http":"http:\/\/127/)

    const link = linkTo(await randomPeer())

    fixture.nebula.dispatchEvent(new CustomEvent('link:open', { detail: link }))
    assert.match(
      await readText(reader),
      /^event: link:open\ndata: \{"event":"link:open","time":\d+,"peer":"12D3/
    )

    const second = await open()

    assert.equal(second.status, 503)
    controller.abort()
    await untilNobodyListens(fixture)
  })

  it('ends the connection of a client that does not read', async () => {
    const { hostname, port } = new URL(fixture.server.address ?? '')
    const socket = connect(Number(port), hostname)

    socket.write(
      `GET /api/v1/events HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`
    )
    await new Promise((resolve) => socket.once('readable', resolve))

    const source = await randomPeer()
    const detail: ReceivedMessage = {
      source,
      from: source,
      message: { type: 'control', action: 'alive', fields: { log: 'x'.repeat(100_000) } }
    }
    let sent = 0

    while (fixture.nebula.listenerCount('message') > 0 && sent < 1_000) {
      fixture.nebula.dispatchEvent(new CustomEvent('message', { detail }))
      sent++
      await new Promise((resolve) => setImmediate(resolve))
    }

    assert.ok(sent > 10 && sent < 1_000, `dropped after ${sent} events`)
    socket.destroy()
  })

  it('ends every stream at stop, and starts again', async () => {
    const response = await open()
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()

    await reader.read()
    await Promise.all([fixture.server.stop(), fixture.server.stop()])
    assert.equal((await reader.read()).done, true)
    assert.equal(fixture.server.address, undefined)

    await fixture.server.start()
    await fixture.server.start()
    assert.equal((await fixture.call('GET', '/node')).status, 200)
  })
})

/** The server learns of the end of a connection from the system, a little later. */
async function untilNobodyListens(fixture: Fixture): Promise<void> {
  while (fixture.nebula.listenerCount('link:open') > 0) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}
