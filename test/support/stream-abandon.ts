/**
 * Leaves streams in states in which every deadline of `FrameStream` runs, stops
 * the nodes and says so. The process must then exit by itself, long before any
 * of the deadlines, and with no error.
 */
import assert from 'node:assert/strict'
import { encode } from 'uint8-varint'
import { FrameStream } from '../../protocols/stream-io.ts'
import { StreamNodes } from './stream-nodes.ts'
import { until } from './stream-suite.ts'

const MAX = 32 * 1_024 * 1_024
const DEADLINE_MS = 600_000
const init = {
  maxFrameBytes: MAX,
  writeTimeoutMs: DEADLINE_MS,
  frameTimeoutMs: DEADLINE_MS,
  closeTimeoutMs: DEADLINE_MS
}

const nodes = await StreamNodes.create({ transport: process.argv[2] === 'ws' ? 'ws' : 'tcp' })
const waits: Array<Promise<unknown>> = []

const [idle] = await nodes.open('dialler')
waits.push(new FrameStream(idle, init).read())

const [partial, arriving] = await nodes.open('dialler')
const within = new FrameStream(arriving, init)
waits.push(within.read())
partial.send(encode(100))
await until(() => within.unreadBytes > 0)

for (const closes of [false, true]) {
  const [a, b] = await nodes.open('dialler')
  b.pause()
  const writer = new FrameStream(a, init)
  waits.push(writer.send(new Uint8Array(MAX)))
  assert.ok(writer.unsentBytes > 0)

  if (closes) {
    waits.push(writer.close())
  }
}

const settled = Promise.allSettled(waits)

if (process.argv[3] === 'cut') {
  nodes.cut()
}

await nodes.stop()

for (const { status } of await settled) {
  assert.equal(status, 'rejected')
}

process.stdout.write('stopped\n')
