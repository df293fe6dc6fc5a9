import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  checkParameters,
  encodeSafetensors,
  openBytes,
  READ_ELEMENTS,
  UnfitParametersError
} from '../../../src/learning/parameters/index.ts'
import type { CheckOptions, NewTensor, UnfitReason } from '../../../src/learning/parameters/index.ts'

const W: NewTensor = { name: 'w', dtype: 'F32', shape: [2, 3], data: new Float32Array(6) }
const B: NewTensor = { name: 'b', dtype: 'F32', shape: [3], data: new Float32Array(3) }

async function check(first: NewTensor[], update: NewTensor[], options?: CheckOptions): Promise<void> {
  const { layout } = await openBytes(encodeSafetensors(first))

  await checkParameters(await openBytes(encodeSafetensors(update)), layout, options)
}

async function refuses(
  update: NewTensor[],
  code: UnfitReason,
  tensor: string,
  first = [W, B],
  options?: CheckOptions
): Promise<void> {
  await assert.rejects(check(first, update, options), (err) => {
    assert.ok(err instanceof UnfitParametersError)
    assert.deepEqual([err.code, err.tensor], [code, tensor])
    assert.match(err.message, new RegExp(`^Tensor "${tensor}": `))

    return true
  })
}

describe('checkParameters', () => {
  it('takes the tensors of the first model, in any order and with any metadata', async () => {
    await check([W, B], [B, W])
    await check([], [])
  })

  it('refuses tensors that are missing, too many, or of another shape or dtype', async () => {
    await refuses([W], 'missing-tensor', 'b')
    await refuses([W, B, { ...B, name: 'c' }], 'extra-tensor', 'c')
    await refuses([{ ...W, shape: [3, 2] }, B], 'shape', 'w')
    await refuses([{ ...W, shape: [6] }, B], 'shape', 'w')
    await refuses([W, { ...B, dtype: 'I32' }], 'dtype', 'b')
  })

  it('refuses values that are not finite, wherever they are', async () => {
    const shape = [READ_ELEMENTS + 10]
    const data = new Float32Array(READ_ELEMENTS + 10)
    const first: NewTensor[] = [{ name: 'w', dtype: 'F32', shape, data: data.slice() }]

    data[READ_ELEMENTS + 7] = NaN

    const update: NewTensor[] = [{ name: 'w', dtype: 'F32', shape, data }]

    await refuses(update, 'not-finite', 'w', first)
    await assert.rejects(check(first, update), new RegExp(`element ${READ_ELEMENTS + 7}`))
    await check(first, update, { finite: false })
  })

  it('refuses integers and BOOLs that cannot be counted, even where values need not be finite', async () => {
    const count: NewTensor = { name: 'n', dtype: 'I64', shape: [1], data: BigInt64Array.of(2n ** 60n) }
    const mask: NewTensor = { name: 'm', dtype: 'BOOL', shape: [1], data: Uint8Array.of(7) }

    await refuses([count], 'not-exact', 'n', [count], { finite: false })
    await refuses([mask], 'not-boolean', 'm', [mask], { finite: false })
  })

  it('ends when it is aborted', async () => {
    const reason = new Error('enough')

    await assert.rejects(check([W], [W], { signal: AbortSignal.abort(reason) }), reason)
  })
})
