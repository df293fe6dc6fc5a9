import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { restrictionsTable } from '../../src/cli/commands/blacklist.ts'
import { scoreTable, scoresTable } from '../../src/cli/commands/score.ts'
import { peersTable } from '../../src/cli/commands/peers.ts'
import { eventText } from '../../src/cli/commands/start/event-text.ts'
import { JsonReporter } from '../../src/cli/commands/start/json-reporter.ts'
import { LineReporter, MAX_MESSAGE_LINES_PER_SECOND } from '../../src/cli/commands/start/line-reporter.ts'
import { RateMeter } from '../../src/cli/commands/start/rates.ts'
import { MAX_EVENT_LINES, MAX_PEER_LINES, statusLines } from '../../src/cli/commands/start/status-text.ts'
import { formatBytes, formatDuration, formatTime, printable, shortPeer } from '../../src/cli/format.ts'
import { linkJson } from '../../src/http/event-json.ts'
import { linkTo, randomPeer } from '../http/support/fake-nebula.ts'
import type { EventJson } from '../../src/http/event-json.ts'

const TIME = 1_700_000_000_000
const AT = formatTime(TIME)
const PEER = '12D3KooWDpp7U7W9Q8feMZPPEpPP5FKXTUakLgnVLbavfjb9mzrT'
const OTHER = '12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp'
const CONTROL = /[\p{Cc}\p{Zl}]/u
const NO_RATES = { messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0 }

class Sink {
  text = ''

  write(text: string): void {
    this.text += text
  }
}

function message(fields: Record<string, unknown> = {}, time = TIME): EventJson {
  return { event: 'message', time, source: PEER, from: PEER, type: 'control', action: 'alive', fields }
}

describe('values as text', () => {
  const values: Array<[string, string]> = [
    [formatBytes(0), '0 B'],
    [formatBytes(999), '999 B'],
    [formatBytes(1_000), '1.0 kB'],
    [formatBytes(99_950), '100 kB'],
    [formatBytes(999_600), '1.0 MB'],
    [formatBytes(1_234_567_890), '1.2 GB'],
    [formatDuration(-5), '0s'],
    [formatDuration(59_000), '59s'],
    [formatDuration(200_000), '3m 20s'],
    [formatDuration(18_720_000), '5h 12m'],
    [formatDuration(183_600_000), '2d 3h'],
    [shortPeer(PEER), '12D3…jb9mzrT'.replace('…j', '…fj')],
    [shortPeer('short'), 'short'],
    [printable('a\u001b[31mb\u0007\u009b\u202ec\nd'), 'a\ufffd[31mb\ufffd\ufffd\ufffdc\ufffdd']
  ]

  for (const [got, expected] of values) {
    it(`shows ${JSON.stringify(expected)}`, () => {
      assert.equal(got, expected)
    })
  }
})

describe('events as text', () => {
  const link = { peer: PEER, direct: false, address: '/ip4/127.0.0.1/tcp/1' }
  const events: Array<[EventJson, string]> = [
    [
      { event: 'link:open', time: TIME, ...link },
      'link open 12D3…fjb9mzrT (undirected) /ip4/127.0.0.1/tcp/1'
    ],
    [{ event: 'link:close', time: TIME, ...link, reason: 'remote' }, 'link closed 12D3…fjb9mzrT: remote'],
    [
      { event: 'link:upgrade', time: TIME, ...link, direct: true },
      'link changed 12D3…fjb9mzrT (direct) /ip4/127.0.0.1/tcp/1'
    ],
    [
      { event: 'link:redial', time: TIME, peer: PEER, round: 2, attempt: 3, retryAt: TIME },
      `link lost with 12D3…fjb9mzrT, dialled at ${AT} (round 2, attempt 3)`
    ],
    [message({ log: 'hi' }), 'message control alive from 12D3…fjb9mzrT log=hi'],
    [{ ...message(), from: OTHER }, 'message control alive from 12D3…fjb9mzrT via 12D3…vnc6iDEp'],
    [
      { event: 'neighbour:update', time: TIME, peer: PEER, added: true, neighbours: [PEER] },
      'neighbour new 12D3…fjb9mzrT, 1 now'
    ],
    [{ event: 'peer:found', time: TIME, peer: PEER, multiaddrs: ['/a', '/b'] }, 'found 12D3…fjb9mzrT /a /b'],
    [
      { event: 'peer:blacklisted', time: TIME, peer: PEER, reason: 'requested', expiresAt: TIME },
      `shut out 12D3…fjb9mzrT: requested, until ${AT}`
    ],
    [
      { event: 'peer:graylisted', time: TIME, peer: PEER, score: -60, reason: 'score -60: oversize -60' },
      'ignored 12D3…fjb9mzrT: score -60: oversize -60'
    ],
    [{ event: 'peer:recovered', time: TIME, peer: PEER, score: -39 }, 'no longer ignored 12D3…fjb9mzrT'],
    [
      { event: 'peer:disconnected', time: TIME, peer: PEER, reason: 'slow', expiresAt: TIME },
      `left alone 12D3…fjb9mzrT: slow, until ${AT}`
    ],
    [{ event: 'federation:ready', time: TIME, neighbours: [PEER] }, 'federation ready, 1 neighbours'],
    [
      {
        event: 'join:failed',
        time: TIME,
        target: '/a',
        error: { name: 'DialError', message: 'no\nat x' },
        retryAt: TIME
      },
      `cannot link with /a: no; next try at ${AT}`
    ],
    [{ event: 'controller:registered', time: TIME }, 'registered with the controller'],
    [{ event: 'controller:continue', time: TIME }, 'the controller lets this node continue'],
    [{ event: 'warning', time: TIME, message: 'port 5353 is taken' }, 'warning: port 5353 is taken'],
    [{ event: 'warning:end', time: TIME, message: 'port 5353 is taken' }, 'no longer so: port 5353 is taken']
  ]

  for (const [event, text] of events) {
    it(`tells of ${event.event}`, () => {
      assert.equal(eventText(event), `${AT} ${text}`)
    })
  }

  it('does not let a peer steer the terminal', () => {
    assert.doesNotMatch(eventText(message({ log: '\u001b]0;owned\u0007\r\n' })), CONTROL)
  })

  it('shortens long fields', () => {
    assert.ok(eventText(message({ log: 'x'.repeat(10_000) })).length < 250)
  })
})

describe('reporters', () => {
  it('writes one JSON object a line, with no control character raw', () => {
    const sink = new Sink()
    const reporter = new JsonReporter(sink, sink)
    const event = message({ log: '\u009b\u001b\u2028\n' })

    reporter.event(event)
    reporter.event(event)

    const lines = sink.text.trimEnd().split('\n')

    assert.equal(lines.length, 2)
    assert.deepEqual(JSON.parse(lines[0] ?? ''), event)
    assert.doesNotMatch(lines[0] ?? '', CONTROL)
  })

  it('writes warnings as a JSON line, and as text to the error output', () => {
    const out = new Sink()
    const err = new Sink()
    const reporter = new JsonReporter(out, err)
    const event = { event: 'warning', time: TIME, code: 'disk-full', message: 'no room' }

    reporter.event(event)

    assert.deepEqual(JSON.parse(out.text), event)
    assert.equal(err.text, `${AT} warning: no room\n`)
  })

  it('writes warnings and their ends to the error output in plain lines', () => {
    const out = new Sink()
    const err = new Sink()
    const reporter = new LineReporter(out, err)

    reporter.event({ event: 'warning', time: TIME, code: 'disk-full', message: 'no room' })
    reporter.event({ event: 'warning:end', time: TIME, code: 'disk-full', message: 'no room' })

    assert.equal(out.text, '')
    assert.equal(err.text, `${AT} warning: no room\n${AT} no longer so: no room\n`)
  })

  it('writes failures to the error output', () => {
    const out = new Sink()
    const err = new Sink()
    const reporter = new LineReporter(out, err)

    reporter.event({
      event: 'join:failed',
      time: TIME,
      target: '/a',
      error: { message: 'no' },
      retryAt: TIME
    })
    reporter.event({ event: 'federation:ready', time: TIME, neighbours: [] })

    assert.equal(err.text, `${AT} cannot link with /a: no; next try at ${AT}\n`)
    assert.equal(out.text, `${AT} federation ready, 0 neighbours\n`)
  })

  it('counts the messages of a second that it does not show', () => {
    const out = new Sink()
    const reporter = new LineReporter(out, out)

    for (let i = 0; i < MAX_MESSAGE_LINES_PER_SECOND + 5; i++) {
      reporter.event(message())
    }

    reporter.event(message({}, TIME + 1_000))
    reporter.stop()

    const lines = out.text.trimEnd().split('\n')

    assert.equal(lines.length, MAX_MESSAGE_LINES_PER_SECOND + 2)
    assert.equal(lines.at(-2), `${AT} and 5 more messages`)
  })
})

describe('live status', () => {
  it('shows counts, peers, rates and the last events', async () => {
    const peer = await randomPeer()
    const links = [linkTo(peer, { direct: false }), linkTo(peer, { direct: true })]
    const events = Array.from({ length: 9 }, (_, index) => `event ${index}`)
    const rates = { messagesIn: 1.4, messagesOut: 2, bytesIn: 1_500, bytesOut: 0 }
    const text = statusLines({ links, rates, events }, 120).map((line) => line.text)

    assert.equal(text[1], '2 peers: 1 direct, 1 undirected')
    assert.equal(text[2], `  ${shortPeer(peer.toString())}  direct      /ip4/127.0.0.1/tcp/4001`)
    assert.equal(text[4], 'in 1 msg/s 1.5 kB/s, out 2 msg/s 0 B/s')
    assert.deepEqual(text.slice(5), events.slice(-MAX_EVENT_LINES))
  })

  it('stays within the terminal', async () => {
    const peer = await randomPeer()
    const links = Array.from({ length: 100 }, () => linkTo(peer))
    const lines = statusLines({ links, rates: NO_RATES, events: ['x'.repeat(500)] }, 40)

    assert.equal(lines.length, MAX_PEER_LINES + 5)
    assert.ok(lines.every(({ text }) => text.length <= 40))
    assert.ok(lines.some(({ text }) => text === `  and ${100 - MAX_PEER_LINES} more`))
  })

  it('measures what went over the links since the last look', async () => {
    const meter = new RateMeter(0)
    const [a, b] = [await randomPeer(), await randomPeer()]

    assert.deepEqual(meter.measure([linkTo(a, { messagesSent: 10, bytesSent: 100 })], 2_000), {
      ...NO_RATES,
      messagesOut: 5,
      bytesOut: 50
    })
    assert.deepEqual(
      meter.measure(
        [
          linkTo(a, { messagesSent: 11, bytesSent: 101 }),
          linkTo(b, { messagesReceived: 4, bytesReceived: 8 })
        ],
        3_000
      ),
      { messagesIn: 4, messagesOut: 1, bytesIn: 8, bytesOut: 1 }
    )
    assert.deepEqual(meter.measure([], 4_000), NO_RATES)
    assert.deepEqual(meter.measure([linkTo(b, { messagesReceived: 1 })], 5_000), {
      ...NO_RATES,
      messagesIn: 1
    })
  })
})

describe('tables', () => {
  it('lists links', async () => {
    const peer = await randomPeer()
    const link = linkJson(linkTo(peer, { messagesSent: 3, bytesSent: 1_500, round: 2 }))
    const [head, row] = peersTable([link], link.openedAt + 90_000).split('\n')

    assert.match(head ?? '', /^PEER +LINK +STATE +PRIORITY +ADDRESS +ROUND +SENT +RECEIVED +OPEN FOR$/)
    assert.match(
      row ?? '',
      / direct +open +medium +\/ip4\/127\.0\.0\.1\/tcp\/4001 +2 +3 \(1\.5 kB\) +0 \(0 B\) +1m 30s$/
    )
    assert.equal(row?.startsWith(peer.toString()), true)
    assert.match(peersTable([{ ...link, state: 'reconnecting' }], 0), / direct +reconnecting +.* -$/)
    assert.equal(peersTable([], 0), 'no links')
  })

  it('lists restrictions', () => {
    const table = restrictionsTable(
      [{ peer: PEER, kind: 'blacklisted', reason: 'a\u001bb', expiresAt: 60_000 }],
      [{ address: '192.0.2.0/24', reason: 'configured', expiresAt: null }],
      0
    )

    assert.equal(table.split('\n')[1], `${PEER}  blacklisted  1m 0s       a\ufffdb`)
    assert.match(table.split('\n')[2] ?? '', /^192\.0\.2\.0\/24 +blacklisted  never       configured$/)
    assert.equal(restrictionsTable([], [], 0), 'nobody is shut out')
  })

  it('lists scores, and explains one', () => {
    const term = { name: 'oversize', counter: 1.004, threshold: 0, cap: 4, weight: -60, contribution: -60.24 }
    const unused = { ...term, name: 'bomb', counter: 0, contribution: 0 }
    const one = { peer: PEER, score: -60.24, state: 'graylisted', terms: [term, unused] }
    const none = { peer: PEER, score: 0, state: 'good', terms: [unused] }

    assert.equal(
      scoresTable([one, none]).split('\n').slice(1).join('\n'),
      `${PEER}  -60.24  graylisted  oversize -60.24\n${PEER}  0       good`
    )
    assert.equal(
      scoreTable(one),
      `${PEER} -60.24 graylisted\nTERM      COUNTED  THRESHOLD  CAP  WEIGHT  ADDS\noversize  1        0          4    -60     -60.24`
    )
    assert.equal(scoreTable(none), `${PEER} 0 good`)
    assert.equal(scoresTable([]), 'no scores')
  })
})
