import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gateStreams } from '../../src/limits/stream-gate.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import type { StreamGateInit } from '../../src/limits/stream-gate.ts'
import type { Connection, PeerId, Stream, StreamHandler } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'

interface Scene {
  /** A stream of the peer comes in; resolves with what became of it. */
  open(peer: PeerId): Promise<'handled' | 'refused'>
  budget: { exhausted: boolean }
  excess: string[]
  calls: string[]
}

async function scene(init: Partial<StreamGateInit>): Promise<Scene> {
  const budget = { exhausted: false }
  const excess: string[] = []
  const calls: string[] = []
  let handler: StreamHandler | undefined
  let handled = false
  const registrar = {
    handle: async (protocol: string, given: StreamHandler) => {
      calls.push(`handle ${protocol}`)
      handler = given
    },
    unhandle: async (protocol: string) => {
      calls.push(`unhandle ${protocol}`)
    }
  } as unknown as Registrar
  const gated = gateStreams(registrar, {
    budget,
    onExcess: (peer, error) => excess.push(`${peer} ${error.name}`),
    ...init
  })

  await gated.handle('/test/1', () => {
    handled = true
  })
  await gated.unhandle('/test/1')

  return {
    budget,
    excess,
    calls,
    open: async (peer) => {
      let aborted = false

      handled = false
      await handler?.(
        { abort: () => (aborted = true) } as unknown as Stream,
        { remotePeer: peer } as Connection
      )
      assert.notEqual(handled, aborted)

      return handled ? 'handled' : 'refused'
    }
  }
}

describe('gateStreams', () => {
  it('refuses a peer its streams above the rate, tells of each, and leaves others alone', async () => {
    const { open, excess, calls } = await scene({ maxStreamsPerMinute: 3 })
    const [flood, other] = await Promise.all([createPeerId(), createPeerId()])
    const outcomes = []

    for (let i = 0; i < 5; i++) {
      outcomes.push(await open(flood))
    }

    assert.deepEqual(outcomes, ['handled', 'handled', 'handled', 'refused', 'refused'])
    assert.deepEqual(excess, [`${flood} RateLimitError`, `${flood} RateLimitError`])
    assert.equal(await open(other), 'handled')
    assert.deepEqual(calls, ['handle /test/1', 'unhandle /test/1'])
  })

  it('refuses streams while memory is short, which is no fault of their peer', async () => {
    const { open, excess, budget } = await scene({})
    const peer = await createPeerId()

    budget.exhausted = true
    assert.equal(await open(peer), 'refused')
    budget.exhausted = false
    assert.equal(await open(peer), 'handled')
    assert.deepEqual(excess, [])
  })
})
