import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { GOODBYE_GRACE_MS } from '../../../protocols/message/limits.ts'
import { Outbox } from '../../../protocols/message/outbox.ts'
import { MemoryBudget } from '../../../src/limits/index.ts'
import { createPeerId } from '../../support/create-peer-id.ts'
import { ManualClock, settle } from '../../support/manual-clock.ts'
import { bytesOf } from './support/gated-outbox.ts'
import { MeteredStream } from './support/metered-stream.ts'
import type { MessagePriority, OutboxInit } from '../../../protocols/message/types.ts'
import type { Stream } from '@libp2p/interface'

const MEMORY = 200
const WRITE_TIMEOUT_MS = 30_000
const ACK_TIMEOUT_MS = 60_000

/** How a message may end when the outbox is not closed before its time. */
const OUTCOMES = new Set(['sent', 'MessageDroppedError', 'QueueFullError', 'AbortError'])
/** And when it is. */
const OUTCOMES_OF_CLOSED = new Set([...OUTCOMES, 'OutboxClosedError', 'UnacknowledgedError'])

const peer = await createPeerId()

class Setting {
  readonly clock = new ManualClock()
  readonly budget = new MemoryBudget({ maxBufferedBytes: MEMORY })
  readonly stream = new MeteredStream()
  readonly failures: Error[] = []
  readonly outcomes: string[] = []
  readonly outbox: Outbox
  readonly #opened = Promise.withResolvers<Stream>()
  readonly #givingUp: AbortController[] = []
  /** Calls of close() that have not ended. */
  closing = 0
  #occupied = 0
  #sends = 0

  constructor(init: Partial<OutboxInit> = {}) {
    this.outbox = new Outbox({
      open: async () => this.#opened.promise,
      onFailure: (error) => this.failures.push(error),
      clock: this.clock,
      budget: this.budget,
      maxQueuedMessages: 4,
      maxQueuedBytes: 120,
      maxCoalescedBytes: 50,
      maxUnacknowledgedMessages: 3,
      ...init
    })
    this.budget.register(peer, this.outbox)
  }

  get sends(): number {
    return this.#sends
  }

  send(length: number, priority: MessagePriority, wait: boolean): void {
    const controller = new AbortController()
    const text = `${this.#sends++}`.padEnd(length, '.')

    this.#givingUp.push(controller)
    this.outbox.send(bytesOf(text), { priority, wait, signal: controller.signal }).then(
      () => this.outcomes.push('sent'),
      (err: Error) => this.outcomes.push(err.name)
    )
  }

  giveUp(index: number): void {
    this.#givingUp[index]?.abort()
  }

  open(): void {
    this.#opened.resolve(this.stream)
  }

  /** Other buffers hold so much memory. */
  occupy(bytes: number): void {
    this.#occupied += bytes
    this.budget.add(bytes)
  }

  free(): void {
    this.budget.add(-this.#occupied)
    this.#occupied = 0
  }

  close(): void {
    const ended = (): void => {
      this.closing--
    }

    this.closing++
    this.outbox.close().then(ended, ended)
  }

  /** Nothing is short any more; resolves when all that can happen has. */
  async recover(): Promise<void> {
    this.free()
    this.open()
    this.stream.flow()

    // a round for each message and each acknowledgement, and more than that
    for (let round = 0; round < 20 + 4 * this.#sends; round++) {
      // what is over without a goodbye, too
      await this.clock.advance(GOODBYE_GRACE_MS / 20)
    }
  }
}

interface Step {
  /** Lets nothing, what is ready, or all that can happen happen after it. */
  pause: 'nothing' | 'a microtask' | 'a tick'
  name: string
  run(setting: Setting): void
}

function step(name: string, run: (setting: Setting) => void): fc.Arbitrary<Step> {
  return fc
    .constantFrom<Step['pause']>('nothing', 'a microtask', 'a tick')
    .map((pause) => ({ name, run, pause, [fc.toStringMethod]: () => `${name}, then ${pause}` }))
}

const usual: Array<fc.Arbitrary<Step>> = [
  fc
    .record({
      length: fc.integer({ min: 4, max: 60 }),
      priority: fc.constantFrom<MessagePriority>('low', 'medium', 'high'),
      wait: fc.boolean()
    })
    .chain(({ length, priority, wait }) =>
      step(`send ${length} bytes, ${priority}`, (setting) => setting.send(length, priority, wait))
    ),
  fc.integer({ min: 1, max: 300 }).chain((n) => step(`occupy ${n}`, (setting) => setting.occupy(n))),
  step('free', (setting) => setting.free()),
  fc.integer({ min: 1, max: 200 }).chain((n) => step(`take ${n}`, ({ stream }) => stream.take(n))),
  step('acknowledge', ({ stream }) => stream.acknowledge()),
  step('open', (setting) => setting.open()),
  fc.nat({ max: 10 }).chain((n) => step(`give up ${n}`, (setting) => setting.giveUp(n)))
]
const ends: Array<fc.Arbitrary<Step>> = [
  step('close', (setting) => setting.close()),
  step('abort', ({ outbox }) => outbox.abort(new Error('the link is gone'))),
  step('reset', ({ stream }) => stream.onRemoteReset())
]

async function carryOut(steps: Step[]): Promise<Setting> {
  const setting = new Setting()

  for (const { run, pause } of steps) {
    run(setting)

    if (pause === 'a tick') {
      await settle()
    } else if (pause === 'a microtask') {
      await Promise.resolve()
    }
  }

  await setting.recover()

  return setting
}

function assertNothingLeft(setting: Setting, allowed: Set<string>): void {
  const { outbox, budget, clock, outcomes, sends, closing } = setting

  assert.deepEqual({ settled: outcomes.length, closing }, { settled: sends, closing: 0 })
  assert.deepEqual(
    outcomes.filter((outcome) => !allowed.has(outcome)),
    []
  )
  assert.deepEqual([outbox.queuedMessages, outbox.queuedBytes, outbox.unacknowledgedMessages], [0, 0, 0])
  assert.equal(budget.used, 0)
  assert.equal(clock.pending, 0, 'a timer is left')
}

describe('an outbox is never mute', () => {
  it('whatever the order of shortage, drop, drain and give up: each message settles, and the next is sent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(...usual), { maxLength: 40 }), async (steps) => {
        const setting = await carryOut(steps)

        assertNothingLeft(setting, OUTCOMES)
        assert.deepEqual(setting.failures, [])

        const probe = setting.sends

        setting.send(10, 'low', false)
        await setting.recover()
        assertNothingLeft(setting, OUTCOMES)
        assert.equal(setting.outcomes.at(-1), 'sent')
        assert.equal(setting.stream.received.at(-1), `${probe}`.padEnd(10, '.'))
      }),
      { numRuns: 500 }
    )
  })

  it('wherever its end comes in: each message settles, and nothing is held', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(...usual), { maxLength: 20 }),
        fc.oneof(...ends),
        fc.array(fc.oneof(...usual, ...ends), { maxLength: 20 }),
        async (before, end, after) => {
          assertNothingLeft(await carryOut([...before, end, ...after]), OUTCOMES_OF_CLOSED)
        }
      ),
      { numRuns: 500 }
    )
  })

  it('when the message that came first was dropped at once on an open stream', async () => {
    const setting = new Setting()

    setting.open()
    setting.stream.flow()
    setting.send(10, 'medium', true)
    await setting.recover()
    setting.occupy(MEMORY)
    setting.send(10, 'medium', true)
    await settle()
    setting.free()
    setting.send(10, 'medium', true)
    await setting.recover()
    assert.deepEqual(setting.outcomes, ['sent', 'MessageDroppedError', 'sent'])
  })
})

describe('a queue that does not move', () => {
  const SLOW = { budget: undefined, maxCoalescedBytes: 65_507, maxUnacknowledgedMessages: 100 }

  /** The peer takes a byte a second, and acknowledges one of many earlier messages now and then. */
  async function trickle(setting: Setting, seconds: number): Promise<void> {
    for (let second = 1; second <= seconds && setting.failures.length === 0; second++) {
      setting.stream.take(1)
      await setting.clock.advance(1_000)

      if (second % 50 === 0) {
        setting.stream.acknowledge(1)
      }
    }
  }

  /** Ten messages that are under way, and a large one that is being written. */
  async function busy(): Promise<Setting> {
    const setting = new Setting(SLOW)

    setting.open()
    setting.stream.take(1_000)

    for (let sends = 0; sends < 10; sends++) {
      setting.send(10, 'medium', true)
    }

    await settle()
    assert.equal(setting.outbox.unacknowledgedMessages, 10)
    setting.send(500_000, 'medium', true)
    await settle()

    return setting
  }

  it('ends the outbox although the peer takes bytes and acknowledges messages', async () => {
    const setting = await busy()

    setting.send(10, 'medium', true)
    await trickle(setting, (WRITE_TIMEOUT_MS + ACK_TIMEOUT_MS) / 1_000 - 1)
    assert.deepEqual([setting.failures, setting.outbox.queuedMessages], [[], 1])
    await trickle(setting, 2)
    assert.deepEqual(
      setting.failures.map(({ name }) => name),
      ['QueueStalledError']
    )
    await settle()
    assert.equal(setting.outcomes.filter((outcome) => outcome === 'OutboxClosedError').length, 1)
    assert.equal(setting.outcomes.length, setting.sends)
    assert.deepEqual([setting.clock.pending, setting.stream.status], [0, 'aborted'])
  })

  it('is seen however many messages are given up and come anew', async () => {
    const setting = await busy()

    for (let round = 0; setting.failures.length === 0 && round < 20; round++) {
      setting.send(10, 'medium', true)
      await trickle(setting, 10)
      setting.giveUp(setting.sends - 1)
      setting.stream.acknowledge(1)
    }

    assert.deepEqual(
      setting.failures.map(({ name }) => name),
      ['QueueStalledError']
    )
  })

  it('is none while each message is slow and gets through', async () => {
    const setting = new Setting(SLOW)

    setting.open()

    for (let round = 0; round < 10; round++) {
      setting.send(100, 'medium', true)
      await settle()
      await trickle(setting, 40)
      setting.stream.take(100)
      await settle()
      setting.stream.acknowledge()
      await setting.clock.advance(10_000)
    }

    assert.deepEqual([setting.failures, setting.outcomes.length], [[], 10])
    assert.equal(setting.clock.pending, 0)
  })

  it('is none when nothing waits', async () => {
    const setting = new Setting()

    setting.open()
    setting.stream.flow()
    setting.send(10, 'medium', true)
    await setting.recover()
    await setting.clock.advance(10 * (WRITE_TIMEOUT_MS + ACK_TIMEOUT_MS))
    assert.deepEqual([setting.failures, setting.outcomes], [[], ['sent']])
  })

  it('may be one whose stream is never opened, although its opening heeds no signal', async () => {
    const setting = new Setting()

    setting.send(10, 'medium', true)
    await setting.clock.advance(WRITE_TIMEOUT_MS)
    assert.deepEqual(
      [setting.failures.map(({ name }) => name), setting.outcomes],
      [['TimeoutError'], ['OutboxClosedError']]
    )
    // too late: it is reset
    setting.open()
    await settle()
    assert.equal(setting.stream.status, 'aborted')
    assert.equal(setting.clock.pending, 0)
  })
})
