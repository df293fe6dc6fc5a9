import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { multiaddrConnectionPair } from '@libp2p/utils'
import { yamux } from '@libp2p/yamux'
import { steadyMuxer } from '../../src/node/steady-muxer.ts'
import type { StreamMuxer } from '@libp2p/interface'

describe('a muxer that does not end the process', () => {
  const pair = (): { near: StreamMuxer; far: StreamMuxer; close(): void; abort(): void } => {
    const create = steadyMuxer(yamux({ enableKeepAlive: false }))
    const [outbound, inbound] = multiaddrConnectionPair({
      outbound: { log: defaultLogger().forComponent('outbound') },
      inbound: { log: defaultLogger().forComponent('inbound') }
    })

    return {
      near: create({}).createStreamMuxer(outbound),
      far: create({}).createStreamMuxer(inbound),
      close: () => void outbound.close().catch(() => {}),
      abort: () => outbound.abort(new Error('cable pulled'))
    }
  }

  it('carries streams', async () => {
    const { near, far, abort } = pair()
    const came = new Promise<string>((resolve) => {
      far.addEventListener('stream', ({ detail: stream }) => {
        stream.addEventListener('message', ({ data }) => resolve(Buffer.from(data.subarray()).toString()))
      })
    })
    const stream = await near.createStream()

    stream.send(Buffer.from('hello'))
    assert.equal(await came, 'hello')
    abort()
  })

  // an exception that nobody can catch fails the test, as it would end a node
  for (const end of ['close', 'abort'] as const) {
    it(`opens a stream on a connection that begins to ${end} in the same tick`, async () => {
      const ends = pair()
      const opened = (async () => ends.near.createStream())()

      ends[end]()

      const stream = await opened.catch(() => undefined)

      await new Promise((resolve) => setImmediate(resolve))
      ends.abort()
      assert.notEqual(stream?.status, 'open')
    })
  }
})
