/** What one entry of the caches takes by which a node knows a message again. */
import { strict as assert } from 'node:assert'
import { createHash, randomBytes } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { REPLAY_WINDOW } from '../src/messages/constants.ts'
import { ReplayGuard } from '../src/messages/replay-guard.ts'
import { SeenCache } from '../src/messages/seen-cache.ts'
import { inTurns } from './in-turns.ts'
import type { Benchmark } from './benchmark.ts'

/** As many as are kept by default. */
const ENTRIES = 10_000
const MESSAGE_BYTES = 100
/** Characters of a PeerId. */
const ID_LENGTH = 52
/** Neighbours that each message comes from. */
const SENDERS = Array.from({ length: 3 }, () => peerId())

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

export const seen: Benchmark = {
  name: 'seen',
  async run({ quick }) {
    const runs = quick ? 1 : 5
    const messages = await inTurns(runs, {
      ours: async () => bytesEach(seenCache),
      peer: async () => bytesEach(hexMap)
    })
    const origins = await inTurns(runs, {
      ours: async () => bytesEach(replayGuard),
      peer: async () => bytesEach(hexMap) * REPLAY_WINDOW
    })

    return [
      {
        name: 'seen/message',
        unit: 'bytes',
        ...messages,
        peerName: 'a Map of SHA-256 in hexadecimal to the time',
        aim: { of: 'ours', below: 512 }
      },
      {
        name: 'seen/origin',
        unit: 'bytes',
        ...origins,
        peerName: `the same for its last ${REPLAY_WINDOW} messages`,
        aim: { of: 'ours', below: 1_024 }
      }
    ]
  }
}

/** @param fill - makes what is measured, and gives what checks it and keeps it until then */
function bytesEach(fill: () => () => void): number {
  const before = bytesInUse()
  const check = fill()
  const bytes = bytesInUse() - before

  check()

  return bytes / ENTRIES
}

function bytesInUse(): number {
  // what the first leaves to be finalised is gone after the second
  collect()
  collect()

  const { heapUsed, external } = process.memoryUsage()

  return heapUsed + external
}

/** Each message from three neighbours, as in a mesh. */
function seenCache(): () => void {
  const cache = new SeenCache({ maxLocalMessages: ENTRIES })
  const [first = '', ...others] = SENDERS
  let last = ''

  for (let i = 0; i < ENTRIES; i++) {
    last = cache.key(BigInt(i), randomBytes(MESSAGE_BYTES))
    cache.add(last, first)

    for (const other of others) {
      cache.repeated(last, other)
    }
  }

  return () => {
    assert.equal(cache.size, ENTRIES)
    assert.equal(cache.has(last), true)
    assert.equal(cache.repeated(last, first), true)
    assert.equal(cache.has(cache.key(0n, randomBytes(MESSAGE_BYTES))), false)
  }
}

function replayGuard(): () => void {
  const guard = new ReplayGuard({ maxOrigins: ENTRIES })
  let last = ''

  for (let i = 0; i < ENTRIES; i++) {
    last = peerId()
    guard.accept(last, BigInt(Date.now()) * 1_000n, last)
  }

  return () => {
    assert.equal(guard.size, ENTRIES)
    assert.equal(guard.knows(last, 1n), true)
    assert.equal(guard.knows(peerId(), 1n), false)
  }
}

function hexMap(): () => void {
  const map = new Map<string, number>()

  for (let i = 0; i < ENTRIES; i++) {
    map.set(createHash('sha256').update(randomBytes(MESSAGE_BYTES)).digest('hex'), Date.now())
  }

  return () => assert.equal(map.size, ENTRIES)
}

function peerId(): string {
  return randomBytes(ID_LENGTH).toString('latin1')
}
