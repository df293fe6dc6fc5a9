import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Uint8ArrayList } from 'uint8arraylist'
import { MemoryStorage } from '../../src/propagation/index.ts'

const BYTES = 65_536

/** What comes of a chunk that arrived as the first half of a buffer and the whole of another. */
async function keep(
  firstBuffer: number
): Promise<{ kept: Uint8ArrayList | Uint8Array; arrived: Uint8Array }> {
  const payload = new MemoryStorage().create()
  const arrived = new Uint8Array(firstBuffer).fill(1)

  await payload.write(
    0,
    new Uint8ArrayList(arrived.subarray(0, BYTES / 2), new Uint8Array(BYTES / 2).fill(2))
  )

  return { kept: await payload.read(0, BYTES), arrived }
}

describe('payloads in memory', () => {
  it('are not copied when they came over a connection and pin little else', async () => {
    const { kept, arrived } = await keep(BYTES)

    assert.ok(kept instanceof Uint8ArrayList)
    assert.equal([...kept][0]?.buffer, arrived.buffer)
    assert.equal(kept.byteLength, BYTES)
  })

  it('are copied when they pin more than half as much again', async () => {
    const { kept, arrived } = await keep(BYTES + 1)

    assert.ok(kept instanceof Uint8Array)
    assert.equal(kept.buffer.byteLength, BYTES)
    assert.deepEqual([kept[0], kept.at(-1)], [arrived[0], 2])
  })

  it('count a buffer once in which several pieces lie', async () => {
    const payload = new MemoryStorage().create()
    const buffer = new Uint8Array(BYTES)
    const half = BYTES / 2

    await payload.write(0, new Uint8ArrayList(buffer.subarray(0, half), buffer.subarray(half)))
    assert.ok((await payload.read(0, BYTES)) instanceof Uint8ArrayList)
  })

  for (const bytes of [new Uint8Array(BYTES), Buffer.alloc(BYTES)]) {
    it(`are copied when an application gave them, as ${bytes.constructor.name}`, async () => {
      const payload = new MemoryStorage().create()

      await payload.write(0, bytes)
      bytes.fill(7)
      assert.equal((await payload.read(0, BYTES)).subarray()[0], 0)
    })
  }
})
