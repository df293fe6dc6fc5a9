import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { MAX_SHOWN_BYTES } from '../../src/http/constants.ts'
import { EVENT_NAMES, jsonLine, watchEvents } from '../../src/http/event-json.ts'
import { assertFits } from '../support/event-fits.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { FakeNebula, linkTo, randomPeer } from './support/fake-nebula.ts'
import type { EventJson } from '../../src/http/event-json.ts'

const NOW = 1_700_000_000_000

async function watched(...events: CustomEvent[]): Promise<EventJson[]> {
  const nebula = new FakeNebula(await randomPeer())
  const seen: EventJson[] = []
  const unwatch = watchEvents(nebula, new ManualClock(NOW), (event) => seen.push(event))

  events.forEach((event) => nebula.dispatchEvent(event))
  unwatch()
  events.forEach((event) => nebula.dispatchEvent(event))
  assert.ok(EVENT_NAMES.every((name) => nebula.listenerCount(name) === 0))

  return seen
}

describe('events as JSON', () => {
  it('has each event under its name, with the time and plain values', async () => {
    const peer = await randomPeer()
    const text = peer.toString()
    const link = linkTo(peer)
    const addr = multiaddr('/ip4/127.0.0.1/tcp/1')
    const model = {
      id: 'ab'.repeat(32),
      source: peer,
      from: peer,
      kind: 'model',
      round: 1,
      weight: 2n ** 60n,
      details: new Uint8Array(0),
      size: 5,
      encodedSize: 4,
      encoding: 'zstd'
    }
    const modelJson = {
      id: 'ab'.repeat(32),
      source: text,
      from: text,
      round: 1,
      weight: '1152921504606846976',
      size: 5
    }
    const offer = { nNeighbors: 1, loss: 0.5, rounds: 1, round: -1, epochs: 1 }
    const error = Object.assign(new Error('no'), { name: 'DialError' })
    const cases: Array<[string, unknown, Record<string, unknown>]> = [
      ['link:open', link, { peer: text, direct: true, address: '/ip4/127.0.0.1/tcp/4001', agent: 'test/1' }],
      ['link:close', { link, reason: 'remote' }, { peer: text, reason: 'remote' }],
      ['link:upgrade', link, { peer: text, direct: true }],
      [
        'link:redial',
        { peer, round: 1, attempt: 2, retryAt: 3, error },
        { peer: text, round: 1, attempt: 2, retryAt: 3, error: { name: 'DialError', message: 'no' } }
      ],
      ['model:begin', model, modelJson],
      ['model:initialization', model, modelJson],
      ['model:update', model, modelJson],
      ['model:offer', { model, fields: offer }, { ...modelJson, fields: offer }],
      ['model:failed', { model, error }, { ...modelJson, error: { name: 'DialError', message: 'no' } }],
      [
        'neighbour:update',
        { peer, added: true, neighbours: [peer] },
        { peer: text, added: true, neighbours: [text] }
      ],
      ['peer:found', { peer, multiaddrs: [addr] }, { peer: text, multiaddrs: ['/ip4/127.0.0.1/tcp/1'] }],
      ['peer:graylisted', { peer, score: -60.5, reason: 'r' }, { peer: text, score: -60.5, reason: 'r' }],
      ['peer:recovered', { peer, score: -1 }, { peer: text, score: -1 }],
      ['peer:blacklisted', { peer, reason: 'r', expiresAt: 1 }, { peer: text, reason: 'r', expiresAt: 1 }],
      ['peer:disconnected', { peer, reason: 'r', expiresAt: 1 }, { peer: text, reason: 'r', expiresAt: 1 }],
      ['federation:ready', { neighbours: [peer] }, { neighbours: [text] }],
      [
        'join:failed',
        { target: '/a', error, retryAt: 1 },
        { error: { name: 'DialError', message: 'no' }, retryAt: 1 }
      ],
      ['controller:registered', {}, {}],
      ['controller:continue', {}, {}],
      [
        'warning',
        { code: 'clock-differs', subject: text, message: 'm', since: 1, error },
        { code: 'clock-differs', subject: text, message: 'm', since: 1 }
      ],
      [
        'warning:end',
        { code: 'disk-full', message: 'm', since: 1 },
        { code: 'disk-full', message: 'm', since: 1 }
      ],
      [
        'message',
        { source: peer, from: peer, message: { type: 'control', action: 'alive', fields: { log: 'x' } } },
        { source: text, from: text, type: 'control', action: 'alive', fields: { log: 'x' } }
      ]
    ]
    const seen = await watched(...cases.map(([name, detail]) => new CustomEvent(name, { detail })))

    assert.deepEqual(cases.map(([name]) => name).sort(), [...EVENT_NAMES].sort())
    cases.forEach(([event, , expected], index) => {
      assert.partialDeepStrictEqual(seen[index], { event, time: NOW, ...expected })
    })
    assert.deepEqual(seen.length, cases.length)
    seen.forEach(assertFits)
    assert.deepEqual(JSON.parse(jsonLine(seen)), seen)
  })

  it('shows few bytes in base64, and of many the length', async () => {
    const peer = await randomPeer()
    const details = [MAX_SHOWN_BYTES, MAX_SHOWN_BYTES + 1].map((length) => ({
      source: peer,
      from: peer,
      message: {
        type: 'model',
        action: '',
        fields: { parameters: new Uint8Array(length), weight: 2n ** 60n, round: 1 }
      }
    }))
    const [few, many] = await watched(...details.map((detail) => new CustomEvent('message', { detail })))

    assert.deepEqual(few?.['fields'], {
      parameters: Buffer.alloc(MAX_SHOWN_BYTES).toString('base64'),
      weight: '1152921504606846976',
      round: 1
    })
    assert.deepEqual(many?.['fields'], {
      parameters: { bytes: MAX_SHOWN_BYTES + 1 },
      weight: '1152921504606846976',
      round: 1
    })
  })
})
