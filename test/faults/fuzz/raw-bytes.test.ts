import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { createOverlayNode, createStockNode, next, until, withNodes } from '../../support/overlay-nodes.ts'
import { fullSuite } from '../support/full-suite.ts'
import { frame } from '../attacks/support/bytes.ts'
import { FEDERATION, HANDSHAKE, hello, MESSAGE, MODEL, PROXY } from '../attacks/support/protocols.ts'
import type { OverlayNode } from '../../support/overlay-nodes.ts'
import type { Connection, Libp2p } from '@libp2p/interface'

const RUNS = fullSuite ? 1_000 : 60

interface Run {
  protocol: string
  /** Whether a link is made first. */
  linked: boolean
  /** Sent one after the other. */
  pieces: Uint8Array[]
  end: 'close' | 'reset' | 'leave'
}

/** Any bytes; any bytes in a frame; a length that promises more or less than there is. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.uint8Array({ maxLength: 300 }).map(frame),
  fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 300 })).map(([length, rest]) => {
    const head = frame(new Uint8Array(length % 20_000)).subarray(0, length % 20_000 < 128 ? 1 : 2)

    return new Uint8Array(Buffer.concat([head, rest]))
  })
)

const run: fc.Arbitrary<Run> = fc.record({
  protocol: fc.constantFrom(HANDSHAKE, MESSAGE, MODEL, PROXY),
  linked: fc.boolean(),
  pieces: fc.array(bytes, { minLength: 1, maxLength: 5 }),
  end: fc.constantFrom('close', 'reset', 'leave')
})

describe('any bytes on the streams of a node', () => {
  it('crash nothing, leave no stream behind, and disturb no other link', async () => {
    const init = { federation: FEDERATION, links: { handshakeTimeout: 5_000 } }

    await withNodes(
      [createOverlayNode(init), createOverlayNode(init)],
      async (ours: OverlayNode, honest: OverlayNode) => {
        await honest.services.nebula.connect(ours.getMultiaddrs())
        await fc.assert(
          fc.asyncProperty(run, async (input) => {
            const stock = await createStockNode()

            try {
              await send(stock, ours, input)
              await stillTalk(honest, ours)
            } finally {
              await stock.stop()
            }

            await until('no stream is left behind', () => ours.getConnections().length === 1)
          }),
          { numRuns: RUNS, interruptAfterTimeLimit: 240_000 }
        )

        const [connection] = ours.getConnections()
        const streams = connection?.streams.map(({ protocol }) => protocol).sort() ?? []

        assert.deepEqual(streams, [HANDSHAKE, MESSAGE])
      }
    )
  })
})

async function send(stock: Libp2p, ours: OverlayNode, { protocol, linked, pieces, end }: Run): Promise<void> {
  try {
    const connection = await stock.dial(ours.getMultiaddrs())

    if (linked) {
      await link(connection)
    }

    const stream = await connection.newStream(protocol, { signal: AbortSignal.timeout(2_000) })

    for (const piece of pieces) {
      stream.send(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }

    if (end === 'close') {
      await stream.close({ signal: AbortSignal.timeout(1_000) })
    } else if (end === 'reset') {
      stream.abort(new Error('by chance'))
    }
  } catch {
    // it may be thrown out at any time
  }
}

async function link(connection: Connection): Promise<void> {
  const stream = await connection.newStream(HANDSHAKE)
  const answered = new Promise((resolve) => stream.addEventListener('message', resolve, { once: true }))

  stream.send(hello())
  await answered
}

async function stillTalk(honest: OverlayNode, ours: OverlayNode): Promise<void> {
  const arrived = next(ours, 'message:control:alive')

  await honest.services.nebula.send(ours.peerId, honest.services.nebula.createMessage('control', 'alive'))
  await arrived
}
