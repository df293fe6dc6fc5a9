import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ReceiveRate } from '../../src/propagation/receive-rate.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe('the rate of a model', () => {
  it('is not known before the span is over', async () => {
    const clock = new ManualClock()
    const rate = new ReceiveRate(clock, 1_000)

    await clock.advance(999)
    assert.equal(rate.average, undefined)
    await clock.advance(1)
    assert.equal(rate.average, 0)
  })

  it('is that of late', async () => {
    const clock = new ManualClock()
    const rate = new ReceiveRate(clock, 1_000)

    for (let i = 0; i < 10; i++) {
      await clock.advance(500)
      rate.received(1_000)
    }

    await clock.advance(250)
    assert.ok(Math.abs((rate.average ?? 0) - 2_000) <= 500)

    for (let i = 0; i < 4; i++) {
      await clock.advance(1_000)
      rate.received(100)
    }

    assert.ok((rate.average ?? Infinity) <= 200)
  })

  it('falls when nothing comes', async () => {
    const clock = new ManualClock()
    const rate = new ReceiveRate(clock, 1_000)

    rate.received(1_000)
    await clock.advance(10_000)
    assert.equal(rate.average, 100)
  })
})
