import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { checkNewModel } from '../../src/models/new-model.ts'
import type { NewModel } from '../../src/models/types.ts'

const MODEL: NewModel = { payload: new Uint8Array(1), round: 0 }

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1)
}

describe('checkNewModel', () => {
  for (const model of [
    MODEL,
    { ...MODEL, payload: Buffer.from('a') },
    { ...MODEL, payload: { path: 'weights.bin' } },
    { ...MODEL, payload: pieces() },
    { ...MODEL, round: -1, weight: 5n, details: new Uint8Array(2), encoding: 'brotli', kind: 'offer' }
  ] satisfies NewModel[]) {
    it(`takes ${describeModel(model)}`, () => {
      checkNewModel(model)
    })
  }

  for (const [field, value, said] of [
    ['payload', new Float32Array(4), /Uint8Array/],
    ['payload', new ArrayBuffer(4), /Uint8Array/],
    ['payload', 'weights.bin', /path/],
    ['payload', { path: 5 }, /path/],
    ['payload', null, /Uint8Array/],
    ['round', 1.5, /round.*1\.5/],
    ['round', '1', /round/],
    ['round', Number.NaN, /round/],
    ['round', 2 ** 31, /round/],
    ['weight', 5, /weight.*bigint/],
    ['details', 'text', /details/],
    ['encoding', 'gzip', /gzip.*zstd/],
    ['kind', 'gift', /gift/]
  ] as const) {
    it(`refuses ${field} ${inspect(value)}`, () => {
      assert.throws(() => checkNewModel({ ...MODEL, [field]: value }), {
        name: 'InvalidParametersError',
        message: said
      })
    })
  }
})

function describeModel({ payload, ...rest }: NewModel): string {
  return `${payload.constructor.name} ${Object.keys(rest).join(' ')}`
}
