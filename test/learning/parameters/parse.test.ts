import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseSafetensors, SafetensorsError } from '../../../src/learning/parameters/index.ts'
import { entries, fileOf } from './files.ts'
import type { SafetensorsFault, SafetensorsLimits } from '../../../src/learning/parameters/index.ts'

const DATA = new Uint8Array(12)

function refuses(
  bytes: Uint8Array,
  code: SafetensorsFault,
  { tensor, limits }: { tensor?: string; limits?: SafetensorsLimits } = {}
): void {
  assert.throws(
    () => parseSafetensors(bytes, limits),
    (err) => {
      assert.ok(err instanceof SafetensorsError)
      assert.equal(err.code, code, err.message)
      assert.equal(err.tensor, tensor, err.message)

      return true
    }
  )
}

/** A file of one tensor `w` of three F32, with other fields. */
function withEntry(fields: object): Uint8Array {
  return fileOf({ w: { ...entries({ w: 3 }).w, ...fields } }, DATA)
}

describe('parseSafetensors', () => {
  it('gives the tensors in the order of their bytes, and the metadata', () => {
    const { b, a } = entries({ b: 1, a: 2 })
    const data = new Uint8Array(Float32Array.of(1, 2, 3).buffer)
    const { layout, tensors } = parseSafetensors(fileOf({ a, __metadata__: { by: 'me' }, b }, data))

    assert.deepEqual(
      layout.tensors.map(({ name }) => name),
      ['b', 'a']
    )
    assert.deepEqual(tensors.get('a'), Float32Array.of(2, 3))
    assert.deepEqual([...layout.metadata], [['by', 'me']])
  })

  it('takes files without tensors, scalars, and tensors without elements', () => {
    assert.equal(parseSafetensors(fileOf({})).tensors.size, 0)

    const scalar = { dtype: 'F64', shape: [], data_offsets: [0, 8] }
    const none = { dtype: 'F32', shape: [3, 0], data_offsets: [8, 8] }
    const { tensors } = parseSafetensors(
      fileOf({ scalar, none }, new Uint8Array(Float64Array.of(1.5).buffer))
    )

    assert.deepEqual(tensors.get('scalar'), Float64Array.of(1.5))
    assert.deepEqual(tensors.get('none'), new Float32Array(0))
  })

  it('takes names that mean something in JavaScript, and escapes', () => {
    const file = entries({ 'a"\\\n\u{1f600}': 1, constructor: 1 })
    const { tensors } = parseSafetensors(fileOf(file, new Uint8Array(8)))
    const proto = parseSafetensors(
      fileOf('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', DATA.subarray(0, 1))
    )

    assert.deepEqual([...tensors.keys()], ['a"\\\n\u{1f600}', 'constructor'])
    assert.equal(proto.tensors.get('__proto__')?.length, 1)
  })

  it('views aligned tensors where they lie, and copies others', () => {
    // the header of this length leaves the data aligned, and one more space does not
    const header = JSON.stringify(entries({ w: 3 }))
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8)
    const aligned = Uint8Array.from(fileOf(padded, DATA))
    const shifted = Uint8Array.from(fileOf(`${padded} `, DATA))

    assert.equal(parseSafetensors(aligned).tensors.get('w')?.buffer, aligned.buffer)
    assert.notEqual(parseSafetensors(shifted).tensors.get('w')?.buffer, shifted.buffer)
    assert.deepEqual(parseSafetensors(shifted).tensors.get('w'), new Float32Array(3))
  })

  it('refuses what ends too early, or goes on too long', () => {
    const whole = fileOf(entries({ w: 3 }), DATA)

    for (let end = 0; end < whole.byteLength; end++) {
      refuses(whole.subarray(0, end), 'truncated', {
        tensor: end >= whole.byteLength - DATA.byteLength ? 'w' : undefined
      })
    }

    refuses(Buffer.concat([whole, DATA]), 'trailing-bytes')
    refuses(fileOf({}, DATA), 'trailing-bytes')
  })

  it('refuses headers that are longer than the limit, or than a number can say', () => {
    const file = fileOf(entries({ w: 3 }), DATA)

    refuses(file, 'limit', { limits: { maxHeaderBytes: 20 } })
    refuses(Buffer.alloc(16, 0xff), 'limit')
    refuses(Buffer.concat([Buffer.from([0, 0, 4, 0, 0, 0, 0, 0]), DATA]), 'truncated')
  })

  it('refuses headers that are no JSON of that form', () => {
    const entry = JSON.stringify(entries({ w: 3 }).w)

    for (const header of [
      '',
      ' {}',
      '\ufeff{}',
      '[]',
      'null',
      '{',
      '{}x',
      '{} {}',
      '{"w"}',
      '{"w":1}',
      '{"w":null}',
      `{"w":${entry},}`,
      `{'w':${entry}}`,
      `{"w\n":${entry}}`,
      `{"\\ud800":${entry}}`,
      `{"\\x":${entry}}`,
      '{"w',
      '{"w\\',
      '{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]'
    ]) {
      refuses(fileOf(header, DATA), 'header')
    }

    refuses(fileOf('{"w\xff":{}}', DATA), 'header', { tensor: 'wÿ' })
    refuses(
      Buffer.concat([Buffer.from([4, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{"\xff"', 'latin1')]),
      'header'
    )
  })

  it('refuses keys that come twice', () => {
    const entry = JSON.stringify(entries({ w: 3 }).w)

    refuses(fileOf(`{"w":${entry},"w":${entry}}`, DATA), 'duplicate-key')
    refuses(fileOf(`{"w":${entry},"\\u0077":${entry}}`, DATA), 'duplicate-key')
    refuses(fileOf('{"w":{"dtype":"F32","dtype":"F32","shape":[3],"data_offsets":[0,12]}}'), 'duplicate-key')
    refuses(fileOf('{"__metadata__":{"a":"1","a":"2"}}'), 'duplicate-key')
    refuses(fileOf('{"__metadata__":{},"__metadata__":{}}'), 'duplicate-key')
  })

  it('refuses metadata that is anything but strings', () => {
    for (const metadata of [1, null, 'a', [], { a: 1 }, { a: null }, { a: { b: 'c' } }]) {
      refuses(fileOf({ __metadata__: metadata }), 'metadata')
    }
  })

  it('refuses dtypes that it does not know', () => {
    for (const dtype of ['f32', 'F8_E4M3', 'toString', '']) {
      refuses(withEntry({ dtype }), 'dtype', { tensor: 'w' })
    }

    refuses(withEntry({ dtype: 3 }), 'header')
  })

  it('refuses shapes that do not fit the bytes, or that no number can count', () => {
    for (const shape of [[], [2], [4], [0], [3, 2], [2 ** 53 - 1], [2 ** 30, 2 ** 30], [2 ** 52, 2, 0]]) {
      refuses(withEntry({ shape }), 'shape', { tensor: 'w' })
    }

    refuses(withEntry({ dtype: 'F64' }), 'shape', { tensor: 'w' })

    for (const shape of [3, [-3], [1.5], ['3'], [null], [1e21]]) {
      refuses(withEntry({ shape }), 'header')
    }

    for (const shape of ['[03]', '[3.0]', '[3e0]', '[-0]', '[9007199254740993]', '[3,]', '[,3]']) {
      refuses(fileOf(`{"w":{"dtype":"F32","shape":${shape},"data_offsets":[0,12]}}`, DATA), 'header')
    }
  })

  it('refuses offsets that are not two, or in the wrong order', () => {
    refuses(withEntry({ data_offsets: [12, 0] }), 'offsets', { tensor: 'w' })
    refuses(withEntry({ data_offsets: [0, 12, 12] }), 'offsets', { tensor: 'w' })
    refuses(withEntry({ data_offsets: [0] }), 'header', { tensor: 'w' })
  })

  it('refuses entries with fields that lack or are unknown', () => {
    refuses(withEntry({ more: 1 }), 'header', { tensor: 'w' })

    for (const field of ['dtype', 'shape', 'data_offsets']) {
      refuses(withEntry({ [field]: undefined }), 'header', { tensor: 'w' })
    }
  })

  it('refuses tensors that overlap, leave a hole or go beyond the data', () => {
    const entry = (begin: number, end: number): object => ({
      dtype: 'U8',
      shape: [end - begin],
      data_offsets: [begin, end]
    })

    refuses(fileOf({ a: entry(0, 8), b: entry(4, 12) }, DATA), 'overlap', { tensor: 'b' })
    refuses(fileOf({ a: entry(0, 12), b: entry(0, 12) }, DATA), 'overlap', { tensor: 'b' })
    refuses(fileOf({ a: entry(0, 12), b: entry(4, 8) }, DATA), 'overlap', { tensor: 'b' })
    refuses(fileOf({ a: entry(0, 4), b: entry(8, 12) }, DATA), 'hole', { tensor: 'b' })
    refuses(fileOf({ a: entry(4, 12) }, DATA), 'hole', { tensor: 'a' })
    refuses(fileOf({ a: entry(0, 12), b: entry(20, 20) }, DATA), 'hole', { tensor: 'b' })
    refuses(fileOf({ a: entry(0, 16) }, DATA), 'truncated', { tensor: 'a' })
  })

  it('refuses more tensors, longer names and more dimensions than the limits', () => {
    const file = fileOf(entries({ a: 1, bcd: 2 }), DATA)

    refuses(file, 'limit', { limits: { maxTensors: 1 } })
    refuses(file, 'limit', { limits: { maxNameBytes: 2 } })
    refuses(file, 'limit', { limits: { maxRank: 0 }, tensor: 'a' })
    refuses(fileOf(entries({ ['é'.repeat(257)]: 3 }), DATA), 'limit')
    refuses(fileOf(entries({ ['x'.repeat(513)]: 3 }), DATA), 'limit')
    assert.equal(parseSafetensors(fileOf(entries({ ['é'.repeat(256)]: 3 }), DATA)).tensors.size, 1)
  })
})
