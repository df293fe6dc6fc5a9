import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { DEFAULT_MAX_READ_QUEUE_BYTES, DEFAULT_MAX_WRITE_BUFFER_BYTES } from '../../protocols/constants.ts'
import { transfer } from '../support/stream-transfer.ts'
import type { TransportName } from '../support/stream-nodes.ts'

const MIB = 1_048_576
const FRAME_BYTES = 262_144
const FRAMES = 1_024
/** 25 MiB a second, where the writer makes 250 and more. */
const READ_MS = 10
const STOCK_WINDOW_BYTES = 16 * MIB
/** What Node's allocator and collector hold on to beside the buffers; the transfer is twice as much. */
const RSS_GROWTH_BYTES = 128 * MIB

const cases: Array<{ transport: TransportName; maxStreamWindowSize?: number }> = [
  { transport: 'tcp' },
  { transport: 'ws' },
  { transport: 'tcp', maxStreamWindowSize: MIB },
  { transport: 'ws', maxStreamWindowSize: MIB }
]

function expectedSha256(): string {
  const hash = createHash('sha256')

  for (let i = 0; i < FRAMES; i++) {
    const frame = Buffer.alloc(FRAME_BYTES, i)
    frame.writeUInt32BE(i, FRAME_BYTES >> 1)
    hash.update(frame)
  }

  return hash.digest('hex')
}

describe('FrameStream memory', { concurrency: true }, () => {
  const sha256 = expectedSha256()

  for (const init of cases) {
    const window = init.maxStreamWindowSize ?? STOCK_WINDOW_BYTES

    it(`passes 256 MiB to a reader ten times slower, ${init.transport}, windows of ${window / MIB} MiB`, async () => {
      const { reader, writer } = await transfer({
        ...init,
        frameBytes: FRAME_BYTES,
        totalBytes: FRAMES * FRAME_BYTES,
        readMs: READ_MS
      })

      assert.equal(reader.frames, FRAMES)
      assert.equal(reader.sha256, sha256)
      assert.ok(reader.seconds > (FRAMES * READ_MS) / 1_000, 'the reader was not slow')
      // The stream was paused: more than the queue waited.
      assert.ok(reader.peakBuffered > DEFAULT_MAX_READ_QUEUE_BYTES)
      assert.ok(reader.peakBuffered <= DEFAULT_MAX_READ_QUEUE_BYTES + 2 * window + FRAME_BYTES)
      assert.ok(writer.peakBuffered > DEFAULT_MAX_WRITE_BUFFER_BYTES)
      assert.ok(writer.peakBuffered <= DEFAULT_MAX_WRITE_BUFFER_BYTES + FRAME_BYTES + 4)
      assert.ok(reader.rssGrowth < 2 * window + RSS_GROWTH_BYTES, `reader grew by ${reader.rssGrowth} bytes`)
      assert.ok(writer.rssGrowth < RSS_GROWTH_BYTES, `writer grew by ${writer.rssGrowth} bytes`)
    })
  }
})
