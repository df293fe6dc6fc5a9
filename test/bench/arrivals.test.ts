import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Arrivals, textOf } from '../../bench/mesh/arrivals.ts'

const CHARACTERS = 64

describe('arrivals in a mesh', () => {
  it('are complete when each node has each message', async () => {
    const arrivals = new Arrivals(2, 2, CHARACTERS)

    for (const node of [0, 1]) {
      for (const index of [1, 0]) {
        arrivals.arrived(node, 'origin', textOf('origin', index, CHARACTERS))
      }
    }

    await arrivals.complete()
  })

  it('are not complete before', async () => {
    const arrivals = new Arrivals(1, 2, CHARACTERS)
    const pending = Symbol('pending')

    arrivals.arrived(0, 'origin', textOf('origin', 0, CHARACTERS))
    const complete = arrivals.complete()

    assert.equal(await Promise.race([complete, Promise.resolve(pending)]), pending)

    arrivals.arrived(0, 'origin', textOf('origin', 1, CHARACTERS))
    await complete
  })

  it('fail when a message comes twice', async () => {
    const arrivals = new Arrivals(1, 2, CHARACTERS)

    arrivals.arrived(0, 'origin', textOf('origin', 0, CHARACTERS))
    arrivals.arrived(0, 'origin', textOf('origin', 0, CHARACTERS))

    await assert.rejects(arrivals.complete(), /twice/)
  })

  for (const [what, origin, text] of [
    ['is changed', 'origin', `${textOf('origin', 0, CHARACTERS - 1)}!`],
    ['is short', 'origin', textOf('origin', 0, CHARACTERS - 1)],
    ['is of another than it says', 'another', textOf('origin', 0, CHARACTERS)]
  ] as const) {
    it(`fail when a message ${what}`, async () => {
      const arrivals = new Arrivals(1, 1, CHARACTERS)

      arrivals.arrived(0, origin, text)

      await assert.rejects(arrivals.complete(), /got "/)
    })
  }
})
