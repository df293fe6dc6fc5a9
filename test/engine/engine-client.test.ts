import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EngineClient, idleEngine } from '../../src/engine/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { Engine, NeighbourUpdate } from '../../src/engine/index.ts'

interface Scene {
  client: EngineClient
  clock: ManualClock
  /** Methods for which a warning lasts. */
  warned: Set<string | undefined>
}

/** A client of an engine whose methods return what a program without types may return. */
function setUp(methods: Partial<Record<keyof Engine, (...args: never[]) => unknown>> = {}): Scene {
  const clock = new ManualClock()
  const warned = new Set<string | undefined>()
  const client = new EngineClient({ ...idleEngine(), ...methods } as Engine, {
    clock,
    timeout: 100,
    taskTimeout: 1_000,
    warnings: {
      raise: ({ code, subject }) => code === 'engine-failed' && warned.add(subject),
      end: (_, subject) => warned.delete(subject)
    }
  })

  return { client, clock, warned }
}

const never = (): Promise<never> => new Promise(() => {})

describe('an engine that answers at once', () => {
  it('is read as it is now, with nothing to wait for', async () => {
    let round: number | null = null
    const { client } = setUp({ round: () => round, learningCycleFinished: () => round === 2 })

    await client.start()
    assert.equal(client.round, null)
    round = 2
    assert.equal(client.refresh(), undefined)
    assert.deepEqual([client.round, client.finished, client.takesModels], [2, true, false])
  })

  it('throws what the engine throws, and is asked again', async () => {
    let broken = true
    const { client, warned } = setUp({
      round: () => {
        if (broken) {
          throw new Error('out of order')
        }

        return 4
      }
    })

    await client.start()
    assert.throws(() => client.round, { message: 'out of order' })
    assert.deepEqual([...warned], ['round'])
    broken = false
    assert.equal(client.round, 4)
    assert.deepEqual([...warned], [])
  })
})

describe('an engine that returns promises', () => {
  it('is asked by refresh, and read as it answered last', async () => {
    let finished = false
    let calls = 0
    const { client } = setUp({
      round: async () => 3,
      learningCycleFinished: async () => {
        calls++

        return finished
      },
      modelsWhenFinished: async () => true
    })

    await client.start()
    finished = true
    assert.deepEqual([client.round, client.finished], [3, false])
    await client.refresh()
    assert.deepEqual([client.finished, client.takesModels, calls], [true, true, 2])
  })

  it('keeps the answer to the last question, in whatever order they come', async () => {
    const answers: Array<(round: number) => void> = []
    const { client } = setUp({ round: () => new Promise((resolve) => answers.push(resolve)) })
    const first = client.refresh()
    const second = client.refresh()

    answers[1]?.(2)
    await second
    answers[0]?.(1)
    await first
    assert.equal(client.round, 2)
  })

  it('is not waited for without end: the last answer holds', async () => {
    let answer: () => Promise<number> = async () => 1
    let calls = 0
    const { client, clock, warned } = setUp({
      round: async () => {
        calls++

        return answer()
      }
    })

    await client.start()
    answer = never

    const refreshed = client.refresh()

    await clock.advance(100)
    await refreshed
    assert.equal(client.round, 1)
    assert.deepEqual([...warned], ['round'])
    assert.equal(client.refresh(), undefined, 'nothing waits while it is silent')
    assert.equal(calls, 2)

    await clock.advance(10_000)
    answer = async () => 5
    await client.refresh()
    assert.equal(client.round, 5)
    assert.deepEqual([...warned], [])
    assert.equal(clock.pending, 0)
  })

  it('is an error while it has never answered', async () => {
    const { client, clock } = setUp({ learningCycleFinished: never })
    const started = client.start()

    await clock.advance(100)
    await started
    assert.throws(() => client.finished, { name: 'EngineTimeoutError', method: 'learningCycleFinished' })
  })

  it('is told of one update after the other', async () => {
    const told: number[] = []
    const taken: Array<() => void> = []
    const { client, clock } = setUp({
      updateNeighbours: ({ neighbours }: NeighbourUpdate) => {
        told.push(neighbours.length)

        return new Promise<void>((resolve) => taken.push(resolve))
      }
    })
    const peer = await createPeerId()
    const first = client.updateNeighbours({ peer, added: true, neighbours: [peer] })
    const second = client.updateNeighbours({ peer, added: false, neighbours: [] })

    await clock.advance(0)
    assert.deepEqual(told, [1])
    taken[0]?.()
    await first
    await clock.advance(0)
    assert.deepEqual(told, [1, 0])

    // one that never returns does not keep the later ones away
    const rejected = assert.rejects(second, { name: 'EngineTimeoutError', method: 'updateNeighbours' })
    const third = client.updateNeighbours({ peer, added: true, neighbours: [peer, peer] })

    await clock.advance(1_000)
    await rejected
    await clock.advance(0)
    assert.deepEqual(told, [1, 0, 2])
    taken[2]?.()
    await third
  })
})

describe('an answer of a wrong type', () => {
  const wrong: Array<[keyof Engine, unknown, string]> = [
    ['round', '5', 'a whole number or null, not the string "5"'],
    ['round', undefined, 'a whole number or null, not undefined'],
    ['round', 1.5, 'a whole number or null, not the number 1.5'],
    ['learningCycleFinished', undefined, 'true or false, not undefined'],
    ['learningCycleFinished', {}, 'true or false, not an object'],
    ['modelsWhenFinished', 'yes', 'true or false, not the string "yes"']
  ]

  for (const [method, answer, text] of wrong) {
    for (const [how, give] of [
      ['at once', () => answer],
      ['as a promise', async () => answer]
    ] as const) {
      it(`is an error at the start: ${method}() gives ${text.split(', not ')[1]} ${how}`, async () => {
        const { client, warned } = setUp({ [method]: give })

        await assert.rejects(client.start(), {
          name: 'EngineAnswerError',
          method,
          message: `The engine's ${method}() must return ${text}`
        })
        assert.deepEqual([...warned], [method])
      })
    }
  }

  const others: Array<['modelParameters' | 'modelWeight' | 'training' | 'acceptNeighbour', unknown]> = [
    ['modelParameters', 'weights.bin'],
    ['modelWeight', 600],
    ['training', { rounds: '9' }],
    ['acceptNeighbour', true],
    ['acceptNeighbour', { accept: true, connectTo: ['/ip4/10.0.0.1/tcp/1'] }]
  ]

  for (const [method, answer] of others) {
    it(`is an error of the call: ${method}() gives ${JSON.stringify(answer)}`, async () => {
      const { client } = setUp({ [method]: async () => answer })
      const request = { peer: await createPeerId(), kind: 'late_connect' } as const
      const asked =
        method === 'acceptNeighbour' ? client.ask(method, request) : client.ask<typeof method>(method)

      await assert.rejects(asked, { name: 'EngineAnswerError', method })
    })
  }
})
