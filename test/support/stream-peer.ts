/**
 * One end of a transfer in its own process: `reader JSON` or `writer JSON`.
 * A reader prints `{ address }` when it listens; both print a `PeerReport` at
 * the end and must then exit by themselves.
 */
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { multiaddr } from '@multiformats/multiaddr'
import { FrameStream } from '../../protocols/stream-io.ts'
import { createStreamNode } from './stream-nodes.ts'
import type { TransportName } from './stream-nodes.ts'

export interface PeerInit {
  transport: TransportName
  maxStreamWindowSize?: number
  frameBytes: number
  totalBytes: number
  /** Milliseconds the reader takes over each frame. */
  readMs: number
  /** Where the reader listens, for the writer. */
  address?: string
}

export interface PeerReport {
  sha256: string
  frames: number
  /** The most bytes seen: unread at the reader, unsent at the writer. */
  peakBuffered: number
  /** Growth of the resident memory, in bytes, from before the first frame. */
  rssGrowth: number
  seconds: number
}

const PROTOCOL = '/test/transfer'
const SAMPLE_MS = 5

const [, , role, json] = process.argv
const init = JSON.parse(json ?? '{}') as PeerInit
const node = await createStreamNode({ ...init, listen: role === 'reader' })

if (role === 'reader') {
  const served = Promise.withResolvers<PeerReport>()
  await node.handle(PROTOCOL, (stream) => {
    measured(new FrameStream(stream, { maxFrameBytes: init.frameBytes }), receive).then(
      served.resolve,
      served.reject
    )
  })
  print({ address: node.getMultiaddrs()[0]?.toString() })
  print(await served.promise)
} else {
  const stream = await node.dialProtocol(multiaddr(init.address ?? ''), PROTOCOL)
  print(await measured(new FrameStream(stream, { maxFrameBytes: init.frameBytes }), transmit))
}

await node.stop()

type Transfer = (stream: FrameStream) => Promise<{ sha256: string; frames: number }>

async function measured(stream: FrameStream, transfer: Transfer): Promise<PeerReport> {
  const startedAt = performance.now()
  const rssBefore = process.memoryUsage.rss()
  let peakBuffered = 0
  const sampler = setInterval(() => {
    peakBuffered = Math.max(peakBuffered, role === 'reader' ? stream.unreadBytes : stream.unsentBytes)
  }, SAMPLE_MS)

  try {
    const { sha256, frames } = await transfer(stream)
    const rssGrowth = process.resourceUsage().maxRSS * 1_024 - rssBefore

    return { sha256, frames, peakBuffered, rssGrowth, seconds: (performance.now() - startedAt) / 1_000 }
  } finally {
    clearInterval(sampler)
  }
}

async function receive(stream: FrameStream): ReturnType<Transfer> {
  const hash = createHash('sha256')
  let frames = 0

  for await (const frame of stream) {
    for (const piece of frame) {
      hash.update(piece)
    }

    frames++

    // Timers are coarser than a frame's share: the reader rests after as many frames as fill a rest.
    if (init.readMs > 0 && (frames * init.readMs) % 20 < init.readMs) {
      await delay(20)
    }
  }

  await stream.close()
  await stream.closed

  return { sha256: hash.digest('hex'), frames }
}

async function transmit(stream: FrameStream): ReturnType<Transfer> {
  const hash = createHash('sha256')
  const frames = init.totalBytes / init.frameBytes

  for (let i = 0; i < frames; i++) {
    // Its own memory, as a frame that waits must not change, and cheap to make, so that the reader is the slow end.
    const frame = Buffer.alloc(init.frameBytes, i)
    frame.writeUInt32BE(i, init.frameBytes >> 1)
    hash.update(frame)
    await stream.send(frame)
  }

  await stream.close({ signal: AbortSignal.timeout(60_000) })
  await stream.closed

  return { sha256: hash.digest('hex'), frames }
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}
