import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { parseDuration, parseSize } from '../../src/config/units.ts'

const DURATIONS: Array<[string, number | undefined]> = [
  ['0', 0],
  ['500', 500],
  ['500ms', 500],
  ['10s', 10_000],
  ['1.5s', 1_500],
  ['1.001s', 1_001],
  ['2 m', 120_000],
  ['1h', 3_600_000],
  ['7d', 604_800_000],
  ['1.0005s', undefined],
  ['0.5ms', undefined],
  ['', undefined],
  ['s', undefined],
  ['-1s', undefined],
  ['+1s', undefined],
  ['1e3', undefined],
  ['1S', undefined],
  ['1min', undefined],
  ['1  s', undefined],
  [' 1s', undefined],
  ['1s ', undefined],
  ['1s1', undefined],
  ['1,5s', undefined],
  ['0x10', undefined],
  ['1constructor', undefined],
  ['1toString', undefined],
  ['٣s', undefined],
  ['999999999999999', 999_999_999_999_999],
  ['999999999999999d', undefined]
]

const SIZES: Array<[string, number | undefined]> = [
  ['0', 0],
  ['1024', 1_024],
  ['1B', 1],
  ['64KiB', 65_536],
  ['1MiB', 1_048_576],
  ['1.5 MiB', 1_572_864],
  ['1GiB', 1_073_741_824],
  ['64kB', 64_000],
  ['1MB', 1_000_000],
  ['2GB', 2_000_000_000],
  ['1mib', undefined],
  ['1M', undefined],
  ['1KB', undefined],
  ['0.5B', undefined],
  ['1.0001KiB', undefined],
  ['1ms', undefined]
]

describe('units', () => {
  for (const [text, value] of DURATIONS) {
    it(`the duration "${text}" is ${value ?? 'refused'}`, () => assert.equal(parseDuration(text), value))
  }

  for (const [text, value] of SIZES) {
    it(`the size "${text}" is ${value ?? 'refused'}`, () => assert.equal(parseSize(text), value))
  }

  it('a number of milliseconds is read the same in every unit it can be written in', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_147_483_647 }), (ms) => {
        assert.equal(parseDuration(`${ms}`), ms)
        assert.equal(parseDuration(`${ms}ms`), ms)
        assert.equal(parseDuration(`${(ms / 1_000).toFixed(3)}s`), ms)
      })
    )
  })

  it('never gives anything but a whole number', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const value of [parseDuration(text), parseSize(text)]) {
          assert.ok(value === undefined || (Number.isSafeInteger(value) && value >= 0))
        }
      })
    )
  })
})
