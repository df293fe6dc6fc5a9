import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ToldDials } from '../../src/messages/told-dials.ts'
import { ManualClock } from '../support/manual-clock.ts'

const LIMITS = {
  maxLinkMessageDialsPerMinute: 4,
  maxLinkMessageDialsPerHost: 2,
  linkMessageRetryDelay: 10_000
}

/** Tries so many targets that nobody has named before, and fails with them. */
function fail(dials: ToldDials, host: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const target = `${host} ${i} ${Math.random()}`
    const turn = dials.begin(target, host)

    if (turn === 'try') {
      dials.end(target, host, false)
    }

    return turn
  })
}

describe('ToldDials', () => {
  it('allows a host as many dials as it may get in vain, and one more as they come due', async () => {
    const clock = new ManualClock()
    const dials = new ToldDials(clock, LIMITS)

    assert.deepEqual(fail(dials, 'a', 3), ['try', 'try', 'refused'])
    assert.deepEqual(fail(dials, 'b', 1), ['try'])
    await clock.advance(29_000)
    assert.deepEqual(fail(dials, 'a', 1), ['refused'])
    await clock.advance(1_001)
    assert.deepEqual(fail(dials, 'a', 2), ['try', 'refused'])
  })

  it('gives a host its dial back when there is a link', () => {
    const dials = new ToldDials(new ManualClock(), LIMITS)

    for (const target of ['1', '2', '3']) {
      assert.equal(dials.begin(target, 'a'), 'try')
      dials.end(target, 'a', true)
    }

    assert.deepEqual(fail(dials, 'a', 2), ['try', 'spent'])
  })

  it('allows all hosts together as many as it says, links or not', async () => {
    const clock = new ManualClock()
    const dials = new ToldDials(clock, LIMITS)

    for (const host of ['a', 'b', 'c', 'd']) {
      assert.equal(dials.begin(host, host), 'try')
      dials.end(host, host, true)
    }

    assert.equal(dials.begin('e', 'e'), 'spent')
    await clock.advance(15_000)
    assert.equal(dials.begin('e', 'e'), 'try')
    assert.equal(dials.begin('f', 'f'), 'spent')
  })

  it('tries a target again when its time has come, and not while it is being tried', async () => {
    const clock = new ManualClock()
    const dials = new ToldDials(clock, LIMITS)

    assert.equal(dials.begin('1', 'a'), 'try')
    assert.equal(dials.begin('1', 'a'), 'under-way')
    dials.end('1', 'a', false)
    await clock.advance(9_999)
    assert.equal(dials.begin('1', 'a'), 'refused')
    await clock.advance(1)
    assert.equal(dials.begin('1', 'a'), 'try')
  })

  it('remembers a failure no longer than it is meant to when the clock is set back', () => {
    const clock = new ManualClock()
    const dials = new ToldDials(clock, LIMITS)

    assert.equal(dials.begin('1', 'a'), 'try')
    dials.end('1', 'a', false)
    clock.leap(-3_600_000)
    assert.equal(dials.begin('1', 'a'), 'try')
  })

  it('needs no allowance where nobody is dialled', () => {
    const dials = new ToldDials(new ManualClock(), LIMITS)

    for (let i = 0; i < 10; i++) {
      assert.equal(dials.begin(String(i)), 'try')
      dials.end(String(i), undefined, true)
    }

    assert.deepEqual(fail(dials, 'a', 2), ['try', 'try'])
  })
})
