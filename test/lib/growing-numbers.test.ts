import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { GrowingNumbers } from '../../src/lib/growing-numbers.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { Datastore } from 'interface-datastore'

const logger = defaultLogger()
const BLOCK = 100n

function numbers(
  datastore: Datastore,
  now: number,
  name: 'attempt' | 'message' | 'model' = 'message'
): GrowingNumbers {
  return new GrowingNumbers({ datastore, logger }, { name, clock: new ManualClock(now), block: BLOCK })
}

class CountingDatastore extends MemoryDatastore {
  puts = 0

  override put(key: Key, value: Uint8Array): Key | Promise<Key> {
    this.puts++

    return super.put(key, value)
  }
}

describe('numbers that only grow', () => {
  it('begin at the clock in microseconds and count from there', async () => {
    const clock = new ManualClock()
    const begin = BigInt(clock.now()) * 1_000n
    const growing = new GrowingNumbers(
      { datastore: new MemoryDatastore(), logger },
      { name: 'model', clock, block: BLOCK }
    )

    assert.equal(growing.newest, 0n)
    assert.equal(await growing.next(), begin)
    await clock.advance(1_000)
    assert.deepEqual(await Promise.all([growing.next(), growing.next()]), [begin + 1n, begin + 2n])
    assert.equal(growing.take(), begin + 3n)
    assert.equal(growing.newest, begin + 3n)
  })

  for (const [name, now] of [
    ['two minutes back', 2_000_000 - 120_000],
    ['at 1970', 0],
    ['years ahead', 400_000_000_000],
    ['as it was', 2_000_000]
  ] as const) {
    it(`are greater than those of an earlier run when the clock is ${name}, however that run ended`, async () => {
      const datastore = new MemoryDatastore()
      const first = numbers(datastore, 2_000_000)

      await first.load()

      const given = Array.from({ length: 3 * Number(BLOCK) }, () => first.take())

      // the process may be killed now; what it wrote has arrived
      await first.flush()

      const second = numbers(datastore, now)

      await second.load()
      assert.ok(second.take() > given[given.length - 1]!)
      assert.ok((await numbers(datastore, 0).next()) > second.newest)
    })
  }

  it('follow the clock where it is ahead of what is kept, as after an old copy of the data was put back', async () => {
    const datastore = new MemoryDatastore()

    await numbers(datastore, 2_000_000).next()
    assert.equal(await numbers(datastore, 3_000_000).next(), 3_000_000_000n)
  })

  it('are kept before they are given to whom awaits them', async () => {
    const datastore = new MemoryDatastore()
    const growing = numbers(datastore, 1_000)

    for (let i = 0; i < 3 * Number(BLOCK); i++) {
      const number = await growing.next()
      const kept = await datastore.get(new Key('/nebula/message-number'))

      assert.ok(new DataView(kept.buffer, kept.byteOffset).getBigUint64(0) >= number)
    }
  })

  it('are written once for many', async () => {
    const datastore = new CountingDatastore()
    const growing = numbers(datastore, 1_000)

    for (let i = 0; i < 100 * Number(BLOCK); i++) {
      growing.take()
    }

    await growing.load()
    assert.ok(datastore.puts <= 201, String(datastore.puts))
  })

  it('exceed what they are told to', async () => {
    const growing = numbers(new MemoryDatastore(), 1_000)

    await growing.load()
    assert.equal(growing.exceed(5_000_000n), true)
    assert.equal(growing.take(), 5_000_001n)
    assert.equal(growing.exceed(4_000_000n), true)
    assert.equal(growing.take(), 5_000_002n)
  })

  it('are kept where they exceed what they were told to', async () => {
    const datastore = new MemoryDatastore()
    const growing = numbers(datastore, 1_000)

    await growing.load()
    growing.exceed(5_000_000n)
    await growing.flush()
    assert.ok((await numbers(datastore, 1_000).next()) > 5_000_000n)
  })

  it('grow by no more than a hundred years in a run, however often they are told to', async () => {
    const years = 100n * 365n * 86_400_000_000n
    const growing = numbers(new MemoryDatastore(), 1_000)

    await growing.load()

    const first = growing.take()

    for (const number of [first + 2n * years, 2n ** 62n, 2n ** 63n, 2n ** 64n - 1n]) {
      assert.equal(growing.exceed(number), false)
    }

    assert.equal(growing.exceed(first + years / 2n), true)
    assert.equal(growing.exceed(first + (years * 3n) / 2n), false)
    assert.equal(growing.take(), first + years / 2n + 1n)
  })

  it('of one kind do not move those of another', async () => {
    const datastore = new MemoryDatastore()

    await numbers(datastore, 2_000_000, 'attempt').next()
    assert.equal(await numbers(datastore, 1_000, 'message').next(), 1_000_000n)
  })

  it('follow the clock when the datastore fails', async () => {
    const broken = async (): Promise<never> => Promise.reject(new Error('broken'))
    const growing = numbers({ has: broken, get: broken, put: broken } as unknown as Datastore, 1_000)

    assert.equal(await growing.next(), 1_000_000n)
    assert.equal(await growing.next(), 1_000_001n)
  })

  it('follow the clock when the record is damaged', async () => {
    for (const bytes of [new Uint8Array(3), new Uint8Array(8).fill(0xff)]) {
      const datastore = new MemoryDatastore()

      await datastore.put(new Key('/nebula/message-number'), bytes)
      assert.equal(await numbers(datastore, 1_000).next(), 1_000_000n)
    }
  })

  it('are at least 1, for 0 says that there was none', () => {
    assert.equal(numbers(new MemoryDatastore(), 0).take(), 1n)
    assert.equal(numbers(new MemoryDatastore(), -5_000).take(), 1n)
  })
})
