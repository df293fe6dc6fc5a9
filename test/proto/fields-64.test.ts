import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { uniformLength } from '../support/uniform-length.ts'

interface Field {
  path: string
  type: string
  number: number
  optional: boolean
  encode(value: bigint): Uint8Array
  decode(bytes: Uint8Array): unknown
}

interface Codec {
  encode(value: object): Uint8Array
  decode(bytes: Uint8Array): Record<string, unknown>
}

const PROTO_DIR = join(import.meta.dirname, '../../proto')
const WIDE = /^(?:optional |repeated )?(\w*64)\s+(\w+)\s*=\s*(\d+)/

const NUMBERS: Record<string, fc.Arbitrary<bigint>> = {
  uint64: uniformLength(64),
  int64: fc
    .tuple(fc.boolean(), uniformLength(63))
    .map(([negative, value]) => (negative ? -value - 1n : value))
}

/** Every field of 64 bits that the schemas have; a new one is found by itself. */
async function fieldsOf(schema: string): Promise<Field[]> {
  const generated = (await import(join(PROTO_DIR, schema.replace(/\.proto$/, '.js')))) as Record<
    string,
    unknown
  >
  const fields: Field[] = []
  const inside: string[] = []

  for (const line of readFileSync(join(PROTO_DIR, schema), 'utf8').split('\n')) {
    const text = line.replace(/\/\/.*/, '').trim()
    const [, type, name, number] = WIDE.exec(text) ?? []

    if (type != null && name != null && number != null) {
      const messages = inside.filter((each) => each !== '')
      const codec = messages.reduce<unknown>(
        (outer, each) => (outer as Record<string, unknown>)[each],
        Object.values(generated)[0]
      ) as Codec
      const property = name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

      fields.push({
        path: `${schema}: ${messages.join('.')}.${name}`,
        type,
        number: Number(number),
        optional: text.startsWith('optional '),
        encode: (value) => codec.encode({ [property]: value }),
        decode: (bytes) => codec.decode(bytes)[property]
      })
    }

    if (text.endsWith('{')) {
      inside.push(/^message (\w+)/.exec(text)?.[1] ?? '')
    } else if (text.startsWith('}')) {
      inside.pop()
    }
  }

  return fields
}

/** The field alone, as protobuf has it; what is 0 is not written, unless it is optional. */
function wireOf({ number, optional }: Field, value: bigint): Uint8Array {
  return value === 0n && !optional
    ? new Uint8Array(0)
    : Uint8Array.from([...varint(BigInt(number) << 3n), ...varint(value)])
}

function varint(value: bigint): number[] {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)

  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }

  return [...bytes, Number(rest)]
}

const schemas = readdirSync(PROTO_DIR).filter((name) => name.endsWith('.proto'))
const fields = (await Promise.all(schemas.map(fieldsOf))).flat()

describe('fields of 64 bits', () => {
  it('are found in the schemas', () => {
    const written = schemas.reduce(
      (count, schema) =>
        count +
        [...readFileSync(join(PROTO_DIR, schema), 'utf8').matchAll(/^\s*[^/\n]*\b\w*64\s+\w+\s*=/gm)].length,
      0
    )

    assert.ok(fields.length > 0)
    assert.equal(fields.length, written)
  })

  for (const field of fields) {
    const { path, type, encode, decode } = field

    it(`are written and read right: ${path}`, () => {
      const numbers = NUMBERS[type]

      assert.ok(numbers != null, `there are no numbers for ${type}`)
      fc.assert(
        fc.property(numbers, (value) => {
          const bytes = encode(value)

          assert.deepEqual(Uint8Array.from(bytes), wireOf(field, value))
          assert.equal(decode(bytes), value)
        }),
        { numRuns: 1_000, examples: [[2n ** 31n], [2n ** 32n - 1n], [3_000_000_000n], [2n ** 32n]] }
      )
    })

    it(`take no number that does not fit: ${path}`, () => {
      for (const value of type === 'uint64' ? [-1n, 2n ** 64n] : [-(2n ** 63n) - 1n, 2n ** 63n]) {
        assert.throws(() => encode(value), RangeError)
      }
    })
  }
})
