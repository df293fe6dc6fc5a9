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
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

const YEAR = 365n * 86_400_000_000n

/** A peer that answers the first message by naming a number so far beyond its own; the numbers of two messages. */
async function numbersOf(beyond: bigint): Promise<{ first: bigint; second: bigint; warnings: string[] }> {
  const numbers: bigint[] = []
  const warnings: string[] = []

  await withNodes([createStockNode(), createOverlayNode()], async (node: Libp2p, ours: OverlayNode) => {
    await node.handle('/nebula/message/1.0.0', async (stream) => {
      const frames = new FrameStream(stream, { maxFrameBytes: 1_048_576 })

      for await (const frame of frames) {
        const { seqno } = decodeEnvelope(frame)

        numbers.push(seqno)
        await frames.send(
          encodeAck({
            count: 1,
            beyond: numbers.length === 1 ? BigInt.asUintN(64, seqno + beyond) : undefined
          })
        )
      }
    })

    const raw = await RawHandshake.open(await node.dial(ours.getMultiaddrs()))

    await raw.send(rawHello())
    await raw.read()

    for (let i = 0; i < 2; i++) {
      await ours.services.nebula.send(node.peerId, createMessage('control', 'overhead'))
      warnings.push(...ours.services.nebula.warnings().map(({ message }) => message))
    }
  })

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
      assert.match(warnings[0] ?? '', /took some for replays.*get greater numbers/)
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
