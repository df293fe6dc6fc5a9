import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { MessagePace } from '../../src/limits/index.ts'

const NOW = 1_700_000_000_000

/** A clock that a test sets. */
const clockAt = (at: number): { at: number; now(): number } => ({
  at,
  now() {
    return this.at
  }
})

describe('MessagePace', () => {
  it("lets a second's worth through at once, and holds up the next", () => {
    for (const [init, bytes] of [
      [{ maxMessagesPerSecond: 100 }, 1],
      [{ maxBytesPerSecond: 100_000 }, 1_000]
    ] as const) {
      const pace = new MessagePace(clockAt(NOW), init)
      const waits = Array.from({ length: 101 }, () => pace.take(bytes))

      assert.ok(waits.slice(0, 100).every((wait) => wait <= 1e-6))
      assert.ok(Math.abs((waits[100] ?? 0) - 10) < 1e-6)
    }
  })

  it('never lets more through than the pace and one burst, and holds up nobody below it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ gap: fc.nat(50), bytes: fc.integer({ min: 1, max: 5_000 }) }), {
          maxLength: 400
        }),
        (messages) => {
          const clock = clockAt(NOW)
          const pace = new MessagePace(clock, { maxMessagesPerSecond: 100, maxBytesPerSecond: 100_000 })
          let bytes = 0

          for (const [index, message] of messages.entries()) {
            clock.at += message.gap

            const wait = pace.take(message.bytes)

            bytes += message.bytes
            clock.at += Math.max(wait, 0)

            const seconds = (clock.at - NOW) / 1_000 + 1

            assert.ok(index + 1 <= 100 * seconds + 1e-6)
            assert.ok(bytes <= 100_000 * seconds + 1e-3)
          }
        }
      )
    )

    const clock = clockAt(NOW)
    const slow = new MessagePace(clock, { maxMessagesPerSecond: 100 })

    for (let i = 0; i < 1_000; i++) {
      clock.at = NOW + 10 * i
      assert.ok(slow.take(1) <= 0)
    }
  })

  it('calls it a flood when a peer was held back for longer than it may, without a break', () => {
    const clock = clockAt(NOW)
    const pace = new MessagePace(clock, { maxMessagesPerSecond: 100, maxHeldBack: 2_000 })
    let floods = 0
    const sendFor = (ms: number): void => {
      for (const end = clock.at + ms; clock.at < end;) {
        const wait = pace.take(1)

        floods += pace.flooding ? 1 : 0
        // as timers do, it comes a little late
        clock.at += Math.max(wait, 0) + 2
      }
    }

    sendFor(2_000)
    assert.equal(floods, 0)
    clock.at += 1_000
    sendFor(2_000)
    assert.equal(floods, 0, 'there was a break')
    sendFor(4_000)
    assert.ok(floods > 100)
  })

  it('slows nobody as it comes: a million small messages in a second', () => {
    const clock = clockAt(NOW)
    const pace = new MessagePace(clock)

    for (let i = 0; i < 1_000_000; i++) {
      clock.at = NOW + i / 1_000
      assert.ok(pace.take(120) <= 0)
    }
  })

  it('holds nobody up for a clock that was set back', () => {
    const clock = clockAt(NOW)
    const pace = new MessagePace(clock, { maxMessagesPerSecond: 100 })

    pace.take(1)
    clock.at -= 3_600_000
    assert.ok(pace.take(1) <= 0)
  })
})
