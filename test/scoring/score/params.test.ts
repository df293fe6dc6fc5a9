import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { computeScore } from '../../../src/scoring/score/arithmetic.ts'
import { resolveParams } from '../../../src/scoring/score/params.ts'
import { DEFAULT_TERMS, PENALTIES, PENALTY_NAMES } from '../../../src/scoring/score/terms.ts'
import type { ScoreParamsInit } from '../../../src/scoring/score/params.ts'

const harmless = Object.fromEntries(PENALTY_NAMES.map((name) => [name, { weight: 0 }]))

describe('the parameters of the score', () => {
  it('have defaults that are accepted', () => {
    assert.deepEqual(resolveParams(), {
      graylist: -40,
      blacklist: -100,
      decayToZero: 0.01,
      terms: DEFAULT_TERMS
    })
  })

  it('keep what is not given', () => {
    const { terms, graylist } = resolveParams({ graylist: -50, terms: { slow: { weight: -5 } } })

    assert.equal(graylist, -50)
    assert.deepEqual(terms.slow, { ...PENALTIES.slow, weight: -5 })
    assert.deepEqual(terms.rate, PENALTIES.rate)
  })

  const refused: Array<[string, ScoreParamsInit, RegExp]> = [
    ['that ignore every peer from the start', { graylist: 0 }, /^score\.graylist: /],
    ['without a graylist', { graylist: -Infinity }, /^score\.graylist: /],
    [
      'that blacklist before they graylist',
      { blacklist: -40 },
      /^score\.blacklist: .*below graylist \(-40\)/
    ],
    ['that are no numbers', { blacklist: NaN }, /^score\.blacklist: /],
    ['by which nothing is forgotten', { decayToZero: 0 }, /^score\.decayToZero: /],
    ['by which one offence is nothing', { decayToZero: 1 }, /^score\.decayToZero: /],
    [
      'by which a peer never recovers',
      { terms: { rate: { halfLife: Infinity } } },
      /^score\.terms\.rate\.halfLife: .*never recovers/
    ],
    [
      'by which it takes a peer more than a week to recover',
      { terms: { invalidMessage: { cap: 1_000, halfLife: 86_400_000 } } },
      /^score\.terms\.invalidMessage\.halfLife: .*cap \(1000\) within a week/
    ],
    [
      'that count up to what no peer reaches',
      { terms: { rate: { cap: 1e200 } } },
      /^score\.terms\.rate\.cap: .*up to 1000000/
    ],
    [
      'that weigh next to nothing',
      { terms: Object.fromEntries(PENALTY_NAMES.map((name) => [name, { weight: -1e-15, cap: 1e6 }])) },
      /^score\.blacklist: .*worst of all penalties/
    ],
    [
      'by which a peer grows worse by itself',
      { terms: { rate: { halfLife: -1 } } },
      /^score\.terms\.rate\.halfLife: /
    ],
    [
      'without time',
      { terms: { firstDeliveries: { halfLife: 0 } } },
      /^score\.terms\.firstDeliveries\.halfLife: /
    ],
    ['that reward misconduct', { terms: { bomb: { weight: 1 } } }, /^score\.terms\.bomb\.weight: .*punishes/],
    [
      'that punish what is good',
      { terms: { timeInLink: { weight: -1 } } },
      /^score\.terms\.timeInLink\.weight: .*rewards/
    ],
    [
      'with a term that never counts',
      { terms: { slow: { threshold: 6 } } },
      /^score\.terms\.slow\.cap: .*never counts/
    ],
    ['with a negative threshold', { terms: { slow: { threshold: -1 } } }, /^score\.terms\.slow\.threshold: /],
    ['with a cap that is none', { terms: { slow: { cap: Infinity } } }, /^score\.terms\.slow\.cap: /],
    [
      'by which others decide on an honest peer',
      { terms: { opinion: { weight: -26 } } },
      /^score\.terms\.opinion\.weight: .*-40\.4.*above graylist \(-40\).*never recover/
    ],
    [
      'by which a shared address is fatal',
      { terms: { colocation: { cap: 15 } } },
      /^score\.terms\.opinion\.weight: .*colocation/
    ],
    [
      'by which a peer saves up for an attack',
      { terms: { firstDeliveries: { weight: 0.4 } } },
      /^score\.terms\.timeInLink\.weight: .*saves up/
    ],
    ['that can never punish', { terms: harmless }, /^score\.blacklist: .*reach/],
    ['with a threshold that nobody can reach', { blacklist: -100_000 }, /^score\.blacklist: .*reach/]
  ]

  for (const [name, init, message] of refused) {
    it(`are refused ${name}`, () => {
      assert.throws(() => resolveParams(init), { name: 'InvalidParametersError', message })
    })
  }

  it('that are accepted let no number of others graylist a peer that does nothing wrong', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -100, max: 0, noNaN: true }),
        fc.double({ min: -10, max: 0, noNaN: true }),
        fc.integer({ min: 11, max: 30 }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (opinion, colocation, cap, peers, shortfall) => {
          let params

          try {
            params = resolveParams({
              terms: { opinion: { weight: opinion }, colocation: { weight: colocation, cap } }
            })
          } catch {
            return
          }

          const { score } = computeScore({ opinion: shortfall, colocation: peers }, params.terms)

          assert.ok(score > params.graylist)
        }
      )
    )
  })
})
