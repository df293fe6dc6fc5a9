import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import {
  add,
  computeScore,
  contribution,
  recoveryTime,
  decay,
  extreme,
  stateOf,
  totalScore
} from '../../../src/scoring/score/arithmetic.ts'
import { resolveParams } from '../../../src/scoring/score/params.ts'
import { COUNTER_NAMES, DEFAULT_TERMS, isPenalty, TERM_NAMES } from '../../../src/scoring/score/terms.ts'
import type { Counters } from '../../../src/scoring/score/arithmetic.ts'

const MINUTE = 60_000

const counts = fc.double({ min: 0, max: 1_000, noNaN: true })
const counters: fc.Arbitrary<Counters> = fc.record(
  Object.fromEntries(TERM_NAMES.map((name) => [name, counts])),
  { requiredKeys: [] }
)

describe('the arithmetic of the score', () => {
  // by hand: weight * excess, or weight * excess squared, the excess between threshold and cap
  const table: Array<[string, Counters, number]> = [
    ['nothing', {}, 0],
    ['one bad signature', { badSignature: 1 }, -120],
    ['two and a half bad signatures, of which two count', { badSignature: 2.5 }, -240],
    ['three frames that did not end: -8 * 2²', { slow: 3 }, -32],
    ['four failed transfers, all below the threshold', { transfer: 4 }, 0],
    ['nine failed transfers: -3 * 5²', { transfer: 9 }, -75],
    ['ten failed transfers: -3 * 6²', { transfer: 10 }, -108],
    ['a thousand failed transfers, of which twelve count: -3 * 8²', { transfer: 1_000 }, -192],
    ['fifteen copies: -1 * 10²', { duplicates: 15 }, -100],
    ['a hundred messages too many: -0.04 * 50²', { rate: 100 }, -100],
    ['twenty links: -1 * 10²', { flapping: 20 }, -100],
    ['all goodwill: 0.05 * 100 + 0.5 * 10', { firstDeliveries: 1_000, timeInLink: 60 }, 10],
    [
      'a bad signature of a peer in good standing',
      { badSignature: 1, firstDeliveries: 100, timeInLink: 10 },
      -110
    ],
    ['twelve peers at one address: -0.9 * 2²', { colocation: 12 }, -3.6],
    ['a crowd at one address: -0.9 * 4²', { colocation: 1_000 }, -14.4],
    ['the worst opinion', { opinion: 1 }, -20],
    ['the worst that others can do', { opinion: 1, colocation: 1_000 }, -34.4],
    ['terms that add up: -8 * 1² - 3 * 1² + 5', { slow: 2, transfer: 5, firstDeliveries: 100 }, -6]
  ]

  for (const [name, counted, expected] of table) {
    it(`is right for ${name}`, () => {
      const { score, terms } = computeScore(counted, DEFAULT_TERMS)

      assert.ok(Math.abs(score - expected) < 1e-9, `${score}, not ${expected}`)
      assert.equal(totalScore(counted, DEFAULT_TERMS), score)
      assert.deepEqual(
        terms.map((term) => term.name),
        TERM_NAMES
      )
    })
  }

  const decays: Array<[number, number, number, number]> = [
    // counter, half-life, elapsed, left
    [8, MINUTE, 0, 8],
    [8, MINUTE, MINUTE, 4],
    [8, MINUTE, 3 * MINUTE, 1],
    [8, MINUTE, MINUTE / 2, 8 / Math.SQRT2],
    [8, MINUTE, 9 * MINUTE, 0.015625],
    [8, MINUTE, 10 * MINUTE, 0],
    [8, MINUTE, -MINUTE, 8]
  ]

  for (const [counter, halfLife, elapsed, left] of decays) {
    it(`leaves ${left} of ${counter} after ${elapsed / halfLife} half-lives`, () => {
      assert.ok(Math.abs(decay(counter, halfLife, elapsed, 0.01) - left) < 1e-12)
    })
  }

  it('has states that begin below their thresholds', () => {
    const thresholds = { graylist: -40, blacklist: -100 }

    assert.deepEqual(
      [0, -40, -40.001, -100, -100.001].map((score) => stateOf(score, thresholds)),
      ['good', 'good', 'graylisted', 'graylisted', 'blacklisted']
    )
  })

  it('never raises a counter by decay, and does not care in how many steps time passes', () => {
    fc.assert(
      fc.property(
        counts,
        fc.integer({ min: 1, max: 86_400_000 }),
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (counter, halfLife, elapsed, part) => {
          const left = decay(counter, halfLife, elapsed, 0)

          assert.ok(left <= counter && left >= 0)
          assert.ok(decay(counter, halfLife, elapsed, 0.01) <= left)

          if (elapsed > 0) {
            const inSteps = decay(
              decay(counter, halfLife, elapsed * part, 0),
              halfLife,
              elapsed * (1 - part),
              0
            )

            assert.ok(Math.abs(inSteps - left) <= 1e-9 * (1 + counter))
          }
        }
      )
    )
  })

  it('holds every cap, whatever was counted', () => {
    fc.assert(
      fc.property(counters, (counted) => {
        for (const { name, contribution: value } of computeScore(counted, DEFAULT_TERMS).terms) {
          const most = extreme(name, DEFAULT_TERMS[name])

          assert.ok(most <= 0 ? value >= most && value <= 0 : value <= most && value >= 0, name)
        }
      })
    )
  })

  it('only lowers the score when more is held against a peer', () => {
    fc.assert(
      fc.property(counters, fc.constantFrom(...TERM_NAMES), counts, (counted, name, more) => {
        const before = computeScore(counted, DEFAULT_TERMS).score
        const after = computeScore({ ...counted, [name]: (counted[name] ?? 0) + more }, DEFAULT_TERMS).score

        assert.ok(name === 'firstDeliveries' || name === 'timeInLink' ? after >= before : after <= before)
      })
    )
  })

  it('does not depend on the order of what happens within a tick', () => {
    const happenings = fc.array(fc.tuple(fc.constantFrom(...COUNTER_NAMES), counts), { maxLength: 20 })

    fc.assert(
      fc.property(
        happenings.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))
        ),
        ([first, second]) => {
          const scores = [first, second].map((list) => {
            const counted: Counters = {}

            for (const [name, count] of list) {
              counted[name] = add(counted[name] ?? 0, count, DEFAULT_TERMS[name].cap)
            }

            return computeScore(counted, DEFAULT_TERMS).score
          })

          assert.ok(Math.abs((scores[0] ?? NaN) - (scores[1] ?? NaN)) < 1e-6)
        }
      )
    )
  })

  it('lets every peer recover, whatever it has done, within the time that scores are kept', () => {
    const { graylist, decayToZero, terms } = resolveParams()
    const worst: Counters = { opinion: 1, colocation: 1_000 }

    for (const name of COUNTER_NAMES.filter(isPenalty)) {
      worst[name] = decay(terms[name].cap, terms[name].halfLife, 60 * MINUTE, decayToZero)
    }

    const { score } = computeScore({ ...worst, opinion: 0, colocation: 0 }, terms)

    assert.ok(score > graylist, `${score}`)
  })

  it('is no negative zero where nothing counts', () => {
    assert.ok(Object.is(contribution('opinion', 0, DEFAULT_TERMS.opinion), 0))
    assert.ok(Object.is(computeScore({}, DEFAULT_TERMS).score, 0))
  })

  it('tells how long a term holds a peer down', () => {
    const params = { weight: -10, threshold: 0, cap: 16, halfLife: 1_000 }

    // linear: -40 at 4, two half-lives below 16
    assert.equal(recoveryTime('oversize', params, -40), 2_000)
    // squared: -40 at 2, three half-lives below 16
    assert.equal(recoveryTime('slow', params, -40), 3_000)
    // the threshold counts nothing
    assert.equal(recoveryTime('slow', { ...params, threshold: 2 }, -40), 2_000)
    assert.equal(recoveryTime('oversize', { ...params, cap: 4 }, -40), 0)
    assert.equal(recoveryTime('oversize', { ...params, weight: 0 }, -40), 0)
    assert.equal(recoveryTime('firstDeliveries', { ...params, weight: 10 }, -40), 0)
  })
})
