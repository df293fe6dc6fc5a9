import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { firstDelivery } from '../../src/proxying/first-delivery.ts'
import type { Result } from '../../src/proxying/asker.ts'
import type { ProxyFailure } from '../../src/proxying/errors.ts'

const delivered: Result = { delivered: true, acknowledgement: new Uint8Array([1]) }

function failed(status: ProxyFailure): Result {
  return { delivered: false, status }
}

describe('the answer when several proxies were asked', () => {
  it('is the first delivery, whoever has failed or has not answered', async () => {
    const never = new Promise<Result>(() => {})

    assert.equal(
      await firstDelivery([Promise.resolve(failed('REFUSED')), never, Promise.resolve(delivered)]),
      delivered
    )
  })

  const cases: Array<{ all: ProxyFailure[]; answer: ProxyFailure }> = [
    { all: ['NOT_LINKED'], answer: 'NOT_LINKED' },
    { all: ['LOOP', 'LOOP'], answer: 'NOT_LINKED' },
    { all: ['NOT_A_PROXY'], answer: 'NOT_LINKED' },
    { all: ['LOOP', 'HOPS', 'NOT_LINKED'], answer: 'HOPS' },
    { all: ['HOPS', 'TOO_LARGE'], answer: 'TOO_LARGE' },
    { all: ['TOO_LARGE', 'BUSY', 'LOOP'], answer: 'BUSY' },
    { all: ['BUSY', 'REFUSED'], answer: 'REFUSED' },
    { all: ['REFUSED', 'FORGED'], answer: 'FORGED' },
    { all: ['FORGED', 'LOST'], answer: 'LOST' },
    { all: ['LOST', 'TIMEOUT'], answer: 'TIMEOUT' }
  ]

  for (const { all, answer } of cases) {
    it(`is ${answer} of ${all.join(', ')}`, async () => {
      assert.deepEqual(await firstDelivery(all.map(async (status) => failed(status))), failed(answer))
    })
  }
})
