import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { MemoryDatastore } from 'datastore-core'
import { ModelNumbers } from '../../src/propagation/model-numbers.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { Datastore } from 'interface-datastore'

const logger = defaultLogger()

describe('the numbers of models', () => {
  it('begin at the clock in microseconds and count from there', async () => {
    const clock = new ManualClock()
    const begin = BigInt(clock.now()) * 1_000n
    const numbers = new ModelNumbers({ datastore: new MemoryDatastore(), logger }, { clock })

    assert.equal(await numbers.next(), begin)
    await clock.advance(1_000)
    assert.deepEqual(await Promise.all([numbers.next(), numbers.next()]), [begin + 1n, begin + 2n])
  })

  it('go on where they ended when the clock was set back, and with the clock otherwise', async () => {
    const datastore = new MemoryDatastore()
    const run = async (now: number): Promise<bigint> =>
      new ModelNumbers({ datastore, logger }, { clock: new ManualClock(now) }).next()

    const first = await run(2_000_000)

    assert.equal(first, 2_000_000_000n)
    assert.equal(await run(1_000_000), first + 1n)
    assert.equal(await run(3_000_000), 3_000_000_000n)
  })

  it('follow the clock when the datastore fails', async () => {
    const broken = async (): Promise<never> => Promise.reject(new Error('broken'))
    const datastore = { has: broken, get: broken, put: broken } as unknown as Datastore
    const numbers = new ModelNumbers({ datastore, logger }, { clock: new ManualClock(1_000) })

    assert.equal(await numbers.next(), 1_000_000n)
    assert.equal(await numbers.next(), 1_000_001n)
  })
})
