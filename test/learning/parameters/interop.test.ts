import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeSafetensors, parseSafetensors } from '../../../src/learning/parameters/index.ts'
import { plainPython, pythonWithSafetensors, run } from './python.ts'
import type { NewTensor } from '../../../src/learning/parameters/index.ts'

const TENSORS: NewTensor[] = [
  { name: 'layer.0/weight', dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 4, 5e-9, 6e9) },
  { name: 'größe "x"', dtype: 'F64', shape: [], data: Float64Array.of(Math.PI) },
  { name: 'half', dtype: 'F16', shape: [2], data: Uint16Array.of(0x3c00, 0x7bff) },
  { name: 'brain', dtype: 'BF16', shape: [1], data: Uint16Array.of(0x3f80) },
  { name: 'steps', dtype: 'I64', shape: [2], data: BigInt64Array.of(-(2n ** 62n), 7n) },
  { name: 'mask', dtype: 'BOOL', shape: [3], data: Uint8Array.of(1, 0, 1) },
  { name: 'none', dtype: 'I8', shape: [0, 4], data: new Int8Array(0) }
]
const METADATA: Array<[string, string]> = [
  ['by', 'nebula'],
  ['ключ', '值']
]

/** What Python is to print of the file: the same as `described` says. */
function described(): string {
  const rows = TENSORS.map(({ name, dtype, shape, data }) => [
    name,
    dtype,
    shape,
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex')
  ]).sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1))

  return JSON.stringify(rows)
}

const PRINT_ROWS = `
print(json.dumps(sorted(rows), ensure_ascii=False, separators=(',', ':')))
`

const READ_PLAIN = `
import json, struct, sys
sys.stdout.reconfigure(encoding='utf-8')
file = sys.stdin.buffer.read()
length, = struct.unpack('<Q', file[:8])
header = json.loads(file[8:8 + length])
assert header.pop('__metadata__') == {'by': 'nebula', 'ключ': '值'}
data = file[8 + length:]
rows = []
for name, entry in header.items():
    begin, end = entry['data_offsets']
    rows.append([name, entry['dtype'], entry['shape'], data[begin:end].hex()])
assert struct.unpack('<6f', bytes.fromhex(dict((row[0], row[3]) for row in rows)['layer.0/weight']))[2] == 3.5
${PRINT_ROWS}`

const WRITE_PLAIN = `
import array, json, struct, sys
weights = array.array('f', [1.5, -2.5, 3.5])
steps = array.array('q', [-7])
header = json.dumps({
    '__metadata__': {'by': 'python'},
    'w': {'dtype': 'F32', 'shape': [3, 1], 'data_offsets': [0, 12]},
    'é': {'dtype': 'I64', 'shape': [], 'data_offsets': [12, 20]},
}).encode()
sys.stdout.buffer.write(struct.pack('<Q', len(header)) + header + weights.tobytes() + steps.tobytes())
`

const READ_PACKAGE = `
import json, sys
from safetensors import deserialize
sys.stdout.reconfigure(encoding='utf-8')
rows = [[name, t['dtype'], list(t['shape']), bytes(t['data']).hex()] for name, t in deserialize(sys.stdin.buffer.read())]
${PRINT_ROWS}`

const WRITE_PACKAGE = `
import ctypes, sys
from safetensors import TensorSpec, serialize
weights = (ctypes.c_float * 3)(1.5, -2.5, 3.5)
steps = (ctypes.c_int64 * 1)(-7)
spec = lambda dtype, shape, array: TensorSpec(dtype=dtype, shape=shape, data_ptr=ctypes.addressof(array), data_len=ctypes.sizeof(array))
file = serialize({'w': spec('float32', [3, 1], weights), 'é': spec('int64', [], steps)}, {'by': 'python'})
sys.stdout.buffer.write(bytes(file))
`

/** Of the file that both write. */
function assertWritten(bytes: Uint8Array): void {
  const { layout, tensors } = parseSafetensors(bytes)

  assert.deepEqual(
    new Map(layout.tensors.map(({ name, dtype, shape }) => [name, [dtype, shape]])),
    new Map([
      ['w', ['F32', [3, 1]]],
      ['é', ['I64', []]]
    ])
  )
  assert.deepEqual(tensors.get('w'), Float32Array.of(1.5, -2.5, 3.5))
  assert.deepEqual(tensors.get('é'), BigInt64Array.of(-7n))
  assert.deepEqual(layout.metadata, new Map([['by', 'python']]))
}

describe(
  'a safetensors file and Python without packages',
  { skip: plainPython == null && 'needs python3' },
  () => {
    const python = plainPython ?? ''

    it('Python reads what is written here', () => {
      assert.equal(
        run(python, READ_PLAIN, encodeSafetensors(TENSORS, METADATA)).toString().trim(),
        described()
      )
    })

    it('what Python writes is read here', () => {
      assertWritten(run(python, WRITE_PLAIN))
    })
  }
)

describe(
  'a safetensors file and the Python package safetensors',
  {
    skip: pythonWithSafetensors == null && 'needs Python with safetensors 0.8 (pip install safetensors)'
  },
  () => {
    const python = pythonWithSafetensors ?? ''

    it('the package reads what is written here', () => {
      assert.equal(
        run(python, READ_PACKAGE, encodeSafetensors(TENSORS, METADATA)).toString().trim(),
        described()
      )
    })

    it('what the package writes is read here', () => {
      assertWritten(run(python, WRITE_PACKAGE))
    })

    it('the package refuses what is refused here', () => {
      const bytes = encodeSafetensors(TENSORS, METADATA)

      for (const bad of [bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.from([0])])]) {
        assert.throws(() => run(python, READ_PACKAGE, bad))
        assert.throws(() => parseSafetensors(bad))
      }
    })
  }
)
