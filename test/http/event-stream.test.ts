import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { HEARTBEAT_INTERVAL_MS, MAX_LOGGED_EVENTS } from '../../src/http/constants.ts'
import { EventLog } from '../../src/http/event-log.ts'
import { EventStream } from '../../src/http/event-stream.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { FakeNebula, linkTo, randomPeer } from './support/fake-nebula.ts'
import { TOKEN, startServer } from './support/server.ts'
import type { ReceivedMessage } from '../../src/interface.ts'
import type { EventStreamInit } from '../../src/http/event-stream.ts'
import type { Fixture } from './support/server.ts'

const READY = { event: 'ready', time: 0 }

async function readText(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const { value } = await reader.read()

  return new TextDecoder().decode(value)
}

interface Parts {
  clock: ManualClock
  nebula: FakeNebula
  log: EventLog
  stream: EventStream
}

async function startStream(init?: EventStreamInit): Promise<Parts> {
  const clock = new ManualClock()
  const nebula = new FakeNebula(await randomPeer())
  const log = new EventLog({ nebula, clock })

  log.start()

  return { clock, nebula, log, stream: new EventStream({ log, clock }, init) }
}

const NEVER = new AbortController().signal

function raiseReady(nebula: FakeNebula): void {
  nebula.dispatchEvent(new CustomEvent('federation:ready', { detail: { neighbours: [] } }))
}

describe('event stream', () => {
  it('beats only while a client reads', async () => {
    const { clock, stream } = await startStream()
    const first = stream.open(READY, () => {}).getReader()
    const second = stream.open(READY, () => {}).getReader()

    assert.equal(clock.pending, 1)

    await first.cancel()
    assert.equal(stream.clients, 1)
    await second.cancel()

    assert.equal(stream.clients, 0)
    assert.equal(clock.pending, 0)
  })

  it('begins with ready, then has each event with its id, and beats', async () => {
    const { clock, nebula, log, stream } = await startStream()
    const peer = await randomPeer()
    const reader = stream.open(READY, () => {}).getReader()
    const start = log.last

    nebula.dispatchEvent(new CustomEvent('link:close', { detail: { link: linkTo(peer), reason: 'remote' } }))
    await clock.advance(HEARTBEAT_INTERVAL_MS)

    assert.equal(await readText(reader), `id: ${start}\nevent: ready\ndata: {"event":"ready","time":0}\n\n`)

    const [id, name, data] = (await readText(reader)).split('\n')
    const event = JSON.parse(data?.replace('data: ', '') ?? '') as Record<string, unknown>

    assert.equal(id, `id: ${log.last}`)
    assert.equal(name, 'event: link:close')
    assert.equal(event.peer, peer.toString())
    assert.equal(event.reason, 'remote')
    assert.equal(event.time, 1_700_000_000_000)
    assert.equal(await readText(reader), `: alive\nid: ${log.last}\n\n`)

    stream.stop()
    assert.equal((await reader.read()).done, true)
    assert.equal(clock.pending, 0)
  })

  it('tells a client that wants few events how far it has come', async () => {
    const { clock, nebula, log, stream } = await startStream()
    const reader = stream.open(READY, () => {}, { types: new Set(['warning']) }).getReader()
    const start = log.last

    for (let i = 0; i <= MAX_LOGGED_EVENTS; i++) {
      raiseReady(nebula)
    }

    await clock.advance(HEARTBEAT_INTERVAL_MS)
    await readText(reader)

    const [, id = ''] = /^id: (.*)$/m.exec(await readText(reader)) ?? []

    assert.equal(log.since(start).missed, true)
    assert.deepEqual(log.since(id), { events: [], missed: false })
    await reader.cancel()
  })

  it('resumes after the id that the client gives', async () => {
    const { nebula, log, stream } = await startStream()

    raiseReady(nebula)
    const since = log.last

    raiseReady(nebula)
    const reader = stream.open(READY, () => {}, { since }).getReader()

    assert.match(await readText(reader), /^event: ready\n/)
    assert.match(await readText(reader), new RegExp(`^id: ${log.last}\nevent: federation:ready\n`))
    await reader.cancel()
  })

  it('tells a client whose id is of another run that it missed events', async () => {
    const { nebula, stream } = await startStream()

    raiseReady(nebula)
    const reader = stream.open(READY, () => {}, { since: 'other-1' }).getReader()

    await reader.read()
    assert.match(await readText(reader), /^event: missed\ndata: \{"event":"missed","time":\d+\}\n\n$/)
    assert.match(await readText(reader), /event: federation:ready\n/)
    await reader.cancel()
  })

  it('has only the types that the client wants', async () => {
    const { nebula, log, stream } = await startStream()
    const since = log.last

    raiseReady(nebula)

    const types = new Set(['peer:found'])
    const reader = stream.open(READY, () => {}, { since, types }).getReader()

    raiseReady(nebula)
    nebula.dispatchEvent(
      new CustomEvent('peer:found', { detail: { peer: await randomPeer(), multiaddrs: [] } })
    )

    await reader.read()
    assert.match(await readText(reader), /event: peer:found\n/)
    await reader.cancel()
  })

  it('drops the client whose buffer is full, and no other', async () => {
    const length = 150
    const { nebula, stream } = await startStream({ maxBufferBytes: 3 * length })
    const dropped: string[] = []
    const slow = stream.open(READY, () => dropped.push('slow'))
    const quick = stream.open(READY, () => dropped.push('quick')).getReader()

    for (let sent = 0; dropped.length === 0 && sent < 10; sent++) {
      await quick.read()
      raiseReady(nebula)
    }

    assert.deepEqual(dropped, ['slow'])
    assert.equal(stream.clients, 1)
    assert.equal(slow.locked, false)
  })

  it('has a bounded number of clients, those that wait included', async () => {
    const { stream } = await startStream({ maxClients: 2 })
    const waiting = stream.poll({}, 60_000, NEVER)

    stream.open(READY, () => {})
    assert.throws(() => stream.open(READY, () => {}), { name: 'TooManyEventClientsError' })
    await assert.rejects(stream.poll({}, 60_000, NEVER), { name: 'TooManyEventClientsError' })
    stream.stop()
    await waiting
    assert.equal(stream.clients, 0)
    stream.open(READY, () => {})
    stream.stop()
  })
})

describe('a request that waits for events', () => {
  it('gets at once what came after the id it gives', async () => {
    const { nebula, log, stream } = await startStream()
    const since = log.last

    raiseReady(nebula)
    raiseReady(nebula)

    const page = await stream.poll({ since }, 60_000, NEVER)

    assert.deepEqual(
      page.events.map(({ name }) => name),
      ['federation:ready', 'federation:ready']
    )
    assert.equal(page.missed, false)
    assert.equal(page.last, log.last)
  })

  it('waits for the first event of the types wanted, however many others come', async () => {
    const clock = new ManualClock()
    const nebula = new FakeNebula(await randomPeer())
    const log = new EventLog({ nebula, clock }, { maxEvents: 2 })

    log.start()

    const stream = new EventStream({ log, clock })
    const poll = stream.poll({ types: new Set(['peer:found']) }, 60_000, NEVER)

    for (let i = 0; i < 5; i++) {
      raiseReady(nebula)
    }

    nebula.dispatchEvent(
      new CustomEvent('peer:found', { detail: { peer: await randomPeer(), multiaddrs: [] } })
    )

    const page = await poll

    assert.deepEqual(
      page.events.map(({ name }) => name),
      ['peer:found']
    )
    assert.equal(page.missed, false)
    assert.equal(page.last, log.last)
    assert.equal(clock.pending, 0)
  })

  it('ends without events after its time, and when its client goes away', async () => {
    const { clock, log, stream } = await startStream()
    const client = new AbortController()
    const late = stream.poll({}, 1_000, NEVER)
    const gone = stream.poll({}, 60_000, client.signal)

    await clock.advance(1_000)
    assert.deepEqual(await late, { events: [], missed: false, last: log.last })
    client.abort()
    assert.deepEqual((await gone).events, [])
    assert.equal(stream.clients, 0)
    assert.equal(clock.pending, 0)
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
    assert.match(
      await readText(reader),
      /^id: \w+-0\nevent: ready\ndata: \{"event":"ready",.*"http":"http:\/\/127/
    )

    const link = linkTo(await randomPeer())

    fixture.nebula.dispatchEvent(new CustomEvent('link:open', { detail: link }))
    assert.match(
      await readText(reader),
      /^id: \w+-1\nevent: link:open\ndata: \{"event":"link:open","time":\d+,"peer":"12D3/
    )

    const second = await open()

    assert.equal(second.status, 503)
    controller.abort()
    await untilNoClient(open)
  })

  it('answers in JSON with the events after an id', async () => {
    const earlier = await fixture.call('GET', '/events?timeout=0')

    fixture.nebula.dispatchEvent(new CustomEvent('link:open', { detail: linkTo(await randomPeer()) }))

    const { status, body } = await fixture.call('GET', `/events?timeout=60000&since=${earlier.body.last}`)

    assert.equal(status, 200)
    assert.equal((body.events as Array<{ event: string }>)[0]?.event, 'link:open')
    assert.equal(body.missed, false)
    assert.notEqual(body.last, earlier.body.last)
  })

  it('refuses types that are no events, and times beyond the bound', async () => {
    assert.equal((await fixture.call('GET', '/events?types=nothing')).status, 400)
    assert.equal((await fixture.call('GET', '/events?timeout=99999999')).status, 400)
    assert.equal((await fixture.call('GET', '/events?timeout=-1')).status, 400)
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

    // the only place is free again once that client is dropped
    while (sent < 1_000 && (await fixture.call('GET', '/events?timeout=1')).status === 503) {
      for (let i = 0; i < 10; i++) {
        fixture.nebula.dispatchEvent(new CustomEvent('message', { detail }))
        sent++
      }
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
async function untilNoClient(open: () => Promise<Response>): Promise<void> {
  for (;;) {
    const response = await open()

    await response.body?.cancel()

    if (response.status === 200) {
      return
    }
  }
}
