import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { noise } from '@chainsafe/libp2p-noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { Dialler } from '../../src/links/dialler.ts'
import type { DiallerComponents } from '../../src/links/dialler.ts'
import type { AbortOptions } from '@libp2p/interface'
import type { AddressInfo } from 'node:net'

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

  it('says from where, when the address takes a connection and then says nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1')

    await once(silent, 'listening')

    const address = multiaddr(`/ip4/127.0.0.1/tcp/${(silent.address() as AddressInfo).port}`)
    const node = await createLibp2p({
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionManager: { addressDialTimeout: 50 }
    })
    const dialler = diallerOf(async () => {
      await node.dial(address)

      return assert.fail('dialled')
    })

    try {
      await assert.rejects(dialler.dial(address), {
        name: 'TimeoutError',
        message: /^no answer from \/ip4\/127\.0\.0\.1\/tcp\/\d+ within \d+ ms$/
      })
    } finally {
      await node.stop()
      silent.close()
    }
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
