import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { describe, it } from 'node:test'
import { until } from './stream-suite.ts'
import { TcpForwarder } from './tcp-forwarder.ts'
import type { TcpForwarderInit } from './tcp-forwarder.ts'
import type { AddressInfo, Socket } from 'node:net'

/** A connection through a forwarder: what its two ends sent each other. */
interface Ends {
  forwarder: TcpForwarder
  near: Socket
  far: Socket
  dial(): Promise<{ near: Socket; far: Socket }>
}

async function withEnds(init: TcpForwarderInit, run: (ends: Ends) => Promise<void>): Promise<void> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const forwarder = await TcpForwarder.to((server.address() as AddressInfo).port, init)
  const sockets: Socket[] = []
  const dial = async (): Promise<{ near: Socket; far: Socket }> => {
    const accepted = once(server, 'connection') as Promise<[Socket]>
    const near = connect({ port: forwarder.port, host: '127.0.0.1', allowHalfOpen: true })
    const [far] = await accepted
    sockets.push(near, far)

    for (const socket of [near, far]) {
      socket.on('error', () => undefined)
    }

    return { near, far }
  }

  try {
    await run({ forwarder, dial, ...(await dial()) })
  } finally {
    sockets.forEach((socket) => socket.destroy())
    await forwarder.close()
    server.close()
  }
}

/** Collects what arrives, as text. */
function heard(socket: Socket): { text: string; ended: boolean } {
  const said = { text: '', ended: false }

  socket.setEncoding('utf8').on('data', (text: string) => (said.text += text))
  socket.on('end', () => (said.ended = true))

  return said
}

describe('the TCP forwarder', () => {
  it('carries both directions and the end of each', async () => {
    await withEnds({}, async ({ near, far }) => {
      const [atNear, atFar] = [heard(near), heard(far)]

      near.end('there')
      await until(() => atFar.text === 'there' && atFar.ended)
      far.end('and back')
      await until(() => atNear.text === 'and back' && atNear.ended)
    })
  })

  it('carries more than it holds to a reader that begins late', async () => {
    await withEnds({}, async ({ near, far }) => {
      const bytes = 32 * 1_048_576

      far.pause()
      near.end(Buffer.alloc(bytes, 'a'))
      // until neither the forwarder nor the sockets take any more
      await until(() => near.writableLength > 0)
      let length = 0
      far.on('data', (piece: Buffer) => (length += piece.byteLength))
      far.resume()
      await until(() => length === bytes)
    })
  })

  it('delays every byte, within its jitter, and keeps their order', async () => {
    const chances = [0.9, 0]

    await withEnds({ delay: 40, jitter: 40, random: () => chances.shift() ?? 0 }, async ({ near, far }) => {
      const said = heard(far)
      const begun = Date.now()

      near.write('first ')
      await new Promise((resolve) => setTimeout(resolve, 5))
      near.write('second')
      near.end()
      far.end()
      await until(() => said.text === 'first second' && said.ended)
      // the second waits for the first, which takes longer
      assert.ok(Date.now() - begun >= 75, `${Date.now() - begun} ms`)
    })
  })

  it('lets nothing pass while it is stalled, and everything afterwards', async () => {
    await withEnds({}, async ({ forwarder, near, far, dial }) => {
      const said = heard(far)

      forwarder.stall()
      near.write('late')
      const other = await dial()
      const saidByOther = heard(other.far)
      other.near.write('too')
      await new Promise((resolve) => setTimeout(resolve, 50))
      assert.deepEqual([said.text, saidByOther.text], ['', ''])
      forwarder.resume()
      await until(() => said.text === 'late' && saidByOther.text === 'too')
    })
  })

  it('ends both ends of every connection when it is cut, and takes new ones', async () => {
    await withEnds({}, async ({ forwarder, near, far, dial }) => {
      const ends = [once(near, 'close'), once(far, 'close')]

      near.resume()
      far.resume()
      assert.equal(forwarder.connections, 1)
      forwarder.cut()
      near.end()
      far.end()
      await Promise.all(ends)
      await until(() => forwarder.connections === 0)
      const again = await dial()
      const said = heard(again.far)
      again.near.write('again')
      await until(() => said.text === 'again')
    })
  })
})
