/** Offers models as it should, and then sends something else, never ends, or stops just before the end. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { join, varint } from '../support/bytes.ts'
import { chunk, MODEL, offer } from '../support/protocols.ts'
import { push } from '../support/push.ts'
import type { Target } from '../support/attacker.ts'
import type { Stream } from '@libp2p/interface'

const CHUNK = 65_536
/** Transfers at once, of those that do no harm alone. */
const MANY = 12

const { targets, kind, round = 1, length = 100 } = attackArgs()
const chunks = Array.from({ length: Number(length) }, () => randomBytes(CHUNK))

const kinds: Record<string, (stream: Stream) => Promise<void>> = {
  'wrong-hash': async (stream) => push(stream, chunk(0, randomBytes(CHUNK))),
  short: async (stream) => push(stream, chunk(0, randomBytes(CHUNK - 1))),
  'another-chunk': async (stream) => push(stream, chunk(0, chunks[1] ?? new Uint8Array(0))),
  endless: async (stream) => {
    for (const [bytes = new Uint8Array(0)] = chunks; ;) {
      await push(stream, chunk(0, bytes))
    }
  },
  'no-chunk': async (stream) => push(stream, join(varint(CHUNK), randomBytes(CHUNK))),
  stall: async (stream) => {
    for (const [i, bytes] of chunks.slice(0, -1).entries()) {
      await push(stream, chunk(i, bytes))
    }
  }
}
/** Much data, so that one target after the other gets its, or none would before the first have timed out. */
let turn: Promise<unknown> = Promise.resolve()

for (const name of String(kind).split(' ')) {
  const attacker = await Attacker.create()

  for (const target of targets) {
    void attacker.insist(target, async () => {
      await attacker.link(target)

      if (name === 'stall') {
        await stall(attacker, target)
      } else {
        await transfer(attacker, target, name)
      }
    })
  }
}

async function stall(attacker: Attacker, target: Target): Promise<void> {
  const sent = turn.then(async () =>
    Promise.allSettled(Array.from({ length: MANY }, async () => transfer(attacker, target, 'stall')))
  )

  turn = sent

  for (const result of await sent) {
    if (result.status === 'fulfilled' && result.value.status === 'open') {
      await once(result.value, 'close')
    }
  }
}

async function transfer(attacker: Attacker, target: Target, name: string): Promise<Stream> {
  const stream = await attacker.open(target, MODEL)
  const answered = new Promise((resolve) => stream.addEventListener('message', resolve, { once: true }))

  const { bytes } = await offer(attacker.key, {
    origin: attacker.peerId,
    chunks,
    chunkSize: CHUNK,
    round: Number(round)
  })

  await push(stream, bytes)
  await Promise.race([answered, delay(5_000)])
  attacker.offend(target)
  await kinds[name]?.(stream)

  return stream
}
