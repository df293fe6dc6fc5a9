import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { Dialler } from '../../src/links/dialler.ts'
import type { DiallerComponents } from '../../src/links/dialler.ts'
import type { AbortOptions } from '@libp2p/interface'

const ADDRESS = multiaddr('/ip4/192.0.2.1/tcp/4001')
const TEXT = /^no answer from \/ip4\/192\.0\.2\.1\/tcp\/4001 within \d+ ms$/

function diallerOf(openConnection: (signal: AbortSignal) => Promise<never>, dialTimeout?: number): Dialler {
  const connectionManager = {
    getConnections: () => [],
    getDialQueue: () => [],
    openConnection: async (_: unknown, { signal }: AbortOptions = {}) =>
      openConnection(signal ?? AbortSignal.abort())
  } as DiallerComponents['connectionManager']

  return new Dialler({ connectionManager }, { dialTimeout })
}

async function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')))
  })
}

describe('a dial that gets no answer', () => {
  it('says from where, once its time is over', async () => {
    await assert.rejects(diallerOf(untilAborted, 1).dial(ADDRESS), { name: 'TimeoutError', message: TEXT })
  })

  it('says from where, when libp2p gives the address up sooner', async () => {
    const dialler = diallerOf(async () => {
      throw new DOMException('The operation was aborted due to timeout', 'TimeoutError')
    })

    await assert.rejects(dialler.dial(ADDRESS), { name: 'TimeoutError', message: TEXT })
  })

  it('says so of one address among several', async () => {
    const dialler = diallerOf(async () => {
      throw new AggregateError([
        new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
        new Error('refused')
      ])
    })

    await assert.rejects(dialler.dial([ADDRESS]), {
      name: 'DialError',
      message: 'no answer in time; refused'
    })
  })

  it('does not blame the address for a caller that gave up', async () => {
    const caller = new AbortController()
    const dialled = diallerOf(untilAborted).dial(ADDRESS, { signal: caller.signal })

    caller.abort()
    await assert.rejects(dialled, { name: 'DialError', message: 'aborted' })
  })
})
