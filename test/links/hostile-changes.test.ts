import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { yamux } from '@libp2p/yamux'
import { ping } from '../../protocols/ping.ts'
import { nebula_handshake as pb } from '../../proto/handshake.js'
import { next, RawHandshake, rawHello, until } from '../support/overlay-nodes.ts'
import { facing } from './hostile.ts'
import type { Scene } from './hostile.ts'
import type { Connection, Stream } from '@libp2p/interface'

/** Resolves when the other end has answered something else, twice, and has taken nothing of the stream meanwhile. */
async function untilQuiet(connection: Connection, stream: Stream): Promise<void> {
  for (let unsent = Infinity; stream.writeBufferLength !== unsent;) {
    unsent = stream.writeBufferLength
    await ping(connection, {})
  }
}

/** Tens of thousands of answers, on a machine that is busy too. */
const ANSWERING_MS = 240_000

describe('changes of a link by a peer that is not ours', () => {
  it('refuses changes that come too often, over new links too, and counts them', async () => {
    await facing({ links: { maxChangesPerMinute: 2 } }, async ({ node, connection }, ours) => {
      const { nebula } = ours.services
      const updates: boolean[] = []

      nebula.addEventListener('neighbour:update', ({ detail }) => updates.push(detail.added))

      const raw = await RawHandshake.open(connection)
      const answers: boolean[] = []

      await raw.send(rawHello({ direct: false }))
      await raw.read()

      for (const [id, direct] of [true, false, true].entries()) {
        await raw.send({ change: { id, direct } })
        answers.push((await raw.read()).changed?.accepted === true)
      }

      assert.deepEqual(answers, [true, true, false])

      const again = await RawHandshake.open(connection)

      await again.send(rawHello({ direct: false, attempt: BigInt(Date.now() + 1_000) * 1_000n }))
      await again.read()
      await again.send({ change: { id: 1, direct: true } })
      assert.equal((await again.read()).changed?.accepted, false)
      assert.deepEqual(updates, [true, false])

      const flapping = nebula.explainScore(node.peerId).terms.find(({ name }) => name === 'flapping')

      // the link that was replaced, and two changes
      assert.equal(Math.round(flapping?.counter ?? 0), 3)
    })
  })

  it('shuts out who asks for changes without end', async () => {
    await facing({}, async ({ node, connection }, ours) => {
      const raw = await RawHandshake.open(connection)
      const shutOut = next(ours, 'peer:blacklisted')
      let updates = 0

      ours.services.nebula.addEventListener('neighbour:update', () => updates++)
      await raw.send(rawHello({ direct: false }))

      for (let id = 1; id <= 100; id++) {
        await raw.send({ change: { id, direct: id % 2 === 1 } }).catch(() => {})
      }

      assert.equal(String((await shutOut).peer), String(node.peerId))
      // the changes that are allowed, and the end of the link
      assert.ok(updates <= 61, `the engine was told ${updates} times`)
    })
  })

  it('costs no memory when a peer asks and never reads the answers', async () => {
    const init = { links: { maxChangesPerMinute: 1_000_000 } }
    // the smallest, which does not grow
    const window = yamux({ streamOptions: { maxStreamWindowSize: 262_144 } })
    const scene: Scene = async ({ connection }, ours) => {
      const raw = await RawHandshake.open(connection)

      await raw.send(rawHello())
      await raw.read()
      raw.stream.pause()

      const change = pb.HandshakeFrame.encode({ change: { id: 1, direct: true } })
      const burst = new Uint8Array(100_000 * (change.byteLength + 1))

      for (let at = 0; at < burst.byteLength; at += change.byteLength + 1) {
        burst[at] = change.byteLength
        burst.set(change, at + 1)
      }

      raw.stream.send(burst)

      const stream = ours.getConnections()[0]?.streams.find(({ protocol }) => protocol.includes('handshake'))
      let unsent = 0

      const isOpen = (): boolean => stream?.status === 'open'

      // the answers, 700 kB, fill the peer's window; then nothing is read, and so nothing more is answered,
      // until the peer is given up, which may come first on a busy machine
      await until(
        'answers have to wait',
        () => (unsent = Math.max(unsent, stream?.writeBufferLength ?? 0)) > 0 || !isOpen(),
        ANSWERING_MS
      )

      if (isOpen()) {
        await untilQuiet(connection, raw.stream).catch((error: Error) => assert.ok(!isOpen(), error))
        unsent = Math.max(unsent, stream?.writeBufferLength ?? 0)
      }

      assert.ok(unsent < 32_768, `${unsent} bytes of answers wait`)
      assert.ok(raw.stream.writeBufferLength + (stream?.readBufferLength ?? 0) > 0, 'all was read')
    }

    await facing(init, scene, { streamMuxers: [window] })
  })
})
