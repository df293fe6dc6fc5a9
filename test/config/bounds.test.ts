import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CONFIG_KEYS, parseConfig } from '../../src/config/index.ts'
import { setValue, valueAt } from '../../src/config/paths.ts'
import { show } from '../../src/config/validate.ts'
import { linesOf } from './support.ts'

describe('the bounds of numbers', () => {
  const BOUNDS: Array<[string, number, number]> = [
    ['links.maxLinks', 1, 1_200],
    ['links.attemptDelay', 0, 2_147_483_647],
    ['links.dialTimeout', 1, 2_147_483_647],
    ['links.maxStreamsPerConnection', 2, 1_000_000],
    ['mdns.interval', 100, 30_000],
    ['mdns.maxInterval', 10_000, 119_999],
    ['mdns.port', 1, 65_535],
    ['http.port', 0, 65_535],
    ['messages.maxMessageBytes', 1_024, 4 * 1_048_576],
    ['models.maxRaisedModels', 1, 65_536],
    ['messages.maxQueuedBytes', 1_048_576, 4_294_967_295],
    ['connections.maxStreamWindowBytes', 262_144, 4 * 1_048_576 - 1],
    ['connections.maxReadBufferBytes', 1_048_577, 4_294_967_295],
    ['connections.maxConnections', 1_000, 1_000_000],
    ['connections.maxIdlePercent', 1, 99],
    ['proxying.maxHops', 1, 16],
    ['proxying.maxFanOut', 1, 16],
    ['proxying.maxMessageBytes', 1_024, 4 * 1_048_576 - 1],
    ['proxying.maxBytesPerSecond', 1_048_577, 4_294_967_295],
    ['proxying.maxStreamsPerConnection', 2, 1_000_000],
    ['relay.reservationTtl', 60_000, 2_147_483_647]
  ]
  const parse = (path: string, value: unknown): unknown => {
    const input = {}
    setValue(input, path.split('.'), value)

    return valueAt(parseConfig(input), path.split('.'))
  }

  for (const [path, min, max] of BOUNDS) {
    it(`${path}: ${min} to ${max}`, () => {
      assert.equal(parse(path, min), min)
      assert.equal(parse(path, max), max)
      assert.match(linesOf(() => parse(path, min - 1)).join('\n'), /^[\w.]+: expected .* got -?\d+$/)
      assert.match(linesOf(() => parse(path, max + 1)).join('\n'), /^[\w.]+: expected .* got \d+$/)
    })
  }

  const NOT_WHOLE = /^score\.(?:graylist|blacklist|decayToZero|terms)/

  it('refuses what is no number of anything, for each key', () => {
    for (const { path } of CONFIG_KEYS.filter((key) => typeof key.default === 'number')) {
      for (const value of [
        ...(NOT_WHOLE.test(path) ? [] : [-1, 1.5]),
        Number.NaN,
        Infinity,
        2 ** 53,
        '',
        '1e3',
        '-1',
        null,
        true,
        [1],
        {}
      ]) {
        assert.equal(linesOf(() => parse(path, value)).length, 1, `${path} ${show(value)}`)
      }
    }
  })
})
