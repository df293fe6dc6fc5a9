import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeAck } from '../../protocols/message/codec.ts'
import { createMessage } from '../../src/messages/index.ts'
import { FrameStream } from '../../protocols/stream-io.ts'
import {
  createOverlayNode,
  createStockNode,
  RawHandshake,
  rawHello,
  withNodes
} from '../support/overlay-nodes.ts'
import { decodeEnvelope } from '../../protocols/message/codec.ts'
import type { Message } from '../../src/messages/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

const YEAR = 365n * 86_400_000_000n

interface Told {
  /** The numbers under which messages came, and what they say. */
  numbers: bigint[]
  wrappers: string[]
  /** After each of the messages. */
  warnings: string[]
}

/**
 * What a peer by hand gets of messages that are sent one after the other, and answers by naming a number so far beyond
 * that of the message.
 *
 * @param tells - whether it does so for the message that came as the nth, from 0
 */
async function told(
  messages: Message[],
  beyond: bigint,
  { tells, proxy = false }: { tells(nth: number): boolean; proxy?: boolean }
): Promise<Told> {
  const got: Told = { numbers: [], wrappers: [], warnings: [] }

  await withNodes([createStockNode(), createOverlayNode()], async (node: Libp2p, ours: OverlayNode) => {
    await node.handle('/nebula/message/1.0.0', async (stream) => {
      const frames = new FrameStream(stream, { maxFrameBytes: 1_048_576 })

      for await (const frame of frames) {
        const { seqno, wrapper } = decodeEnvelope(frame)
        const tell = tells(got.numbers.length)

        got.numbers.push(seqno)
        got.wrappers.push(Buffer.from(wrapper).toString('hex'))
        await frames.send(
          encodeAck({ count: 1, beyond: tell ? BigInt.asUintN(64, seqno + beyond) : undefined })
        )
      }
    })

    const raw = await RawHandshake.open(await node.dial(ours.getMultiaddrs()))

    await raw.send(rawHello({ node: { proxy } }))
    await raw.read()

    for (const message of messages) {
      await ours.services.nebula.send(node.peerId, message)
      got.warnings.push(...ours.services.nebula.warnings().map(({ message: text }) => text))
    }
  })

  return got
}

const overhead = createMessage('control', 'overhead')

/** A peer that tells so of the first of two messages, which it would not pass on. */
async function numbersOf(beyond: bigint): Promise<{ first: bigint; second: bigint; warnings: string[] }> {
  const { numbers, warnings } = await told([overhead, overhead], beyond, { tells: (nth) => nth === 0 })
  const [first, second] = numbers

  assert.ok(first != null && second != null)

  return { first, second, warnings }
}

describe('what a peer says about the numbers of messages', () => {
  it('is followed, and told for as long as it is so', async () => {
    for (const beyond of [1n, 10n * YEAR, 60n * YEAR]) {
      const { first, second, warnings } = await numbersOf(beyond)

      assert.equal(second, first + beyond + 1n)
      assert.equal(warnings.length, 1)
      assert.match(warnings[0] ?? '', /took some for replays.*with greater numbers/)
    }
  })

  it('is told and not followed where it would use the numbers up', async () => {
    for (const beyond of [101n * YEAR, 2n ** 63n]) {
      const { first, second, warnings } = await numbersOf(beyond)

      assert.equal(second, first + 1n)
      assert.match(warnings[0] ?? '', /too great to go beyond/)
    }
  })

  it('is no matter where the numbers are beyond it already', async () => {
    for (const beyond of [0n, -5n]) {
      const { first, second, warnings } = await numbersOf(beyond)

      assert.equal(second, first + 1n)
      assert.deepEqual(warnings, [])
    }
  })
})

describe('a message that a peer takes for a replay', () => {
  const ready = createMessage('federation', 'federation_ready')
  const start = createMessage('federation', 'federation_start')

  it('is sent once more, under a greater number, when others were to have it', async () => {
    for (const [message, proxy] of [
      [ready, true],
      [start, false]
    ] as const) {
      const { numbers, wrappers, warnings } = await told([message, message], 5_000n, {
        proxy,
        tells: (nth) => nth === 0
      })
      const [first = 0n] = numbers

      assert.deepEqual(numbers, [first, first + 5_001n, first + 5_002n])
      assert.equal(new Set(wrappers).size, 1)
      assert.deepEqual(warnings, [])
    }
  })

  it('is sent twice at most, whatever the peer says', async () => {
    const { numbers } = await told([ready, ready, ready], 5_000n, { proxy: true, tells: () => true })

    assert.equal(numbers.length, 6)
    assert.equal(new Set(numbers).size, 6)
  })

  it('is not sent again when it was for the peer alone, or its number cannot grow so far', async () => {
    const tells = (nth: number): boolean => nth === 0

    assert.equal((await told([ready, overhead], 5_000n, { tells })).numbers.length, 2)
    assert.equal((await told([overhead], 5_000n, { tells, proxy: true })).numbers.length, 1)
    assert.equal((await told([ready], 101n * YEAR, { tells, proxy: true })).numbers.length, 1)
    // as one that is behind no number
    assert.equal((await told([ready], -1n, { tells, proxy: true })).numbers.length, 1)
  })
})
