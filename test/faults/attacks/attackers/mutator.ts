/**
 * Sends what honest nodes send on every protocol, with bytes changed, missing
 * and added, in pieces of any length, and then closes the stream, resets it or
 * leaves it; under ever new identities.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { field, frame, join, numberField } from '../support/bytes.ts'
import { mutate, seeded } from '../support/mutate.ts'
import {
  chunk,
  envelope,
  HANDSHAKE,
  hello,
  members,
  MESSAGE,
  MODEL,
  offer,
  PROXY,
  wrapper
} from '../support/protocols.ts'
import { push } from '../support/push.ts'
import { report } from '../support/report.ts'
import type { Target } from '../support/attacker.ts'

const CHUNK = 65_536
const STREAMS_PER_IDENTITY = 4
const AT_ONCE = 2

const { targets, seed } = attackArgs()
const random = seeded(Number(seed))
const below = (n: number): number => Math.floor(random() * n)
let seqno = BigInt(Date.now()) * 1_000n
let sent = 0

type Sample = (attacker: Attacker) => Promise<Uint8Array> | Uint8Array

const samples: Array<[protocol: string, sample: Sample]> = [
  [HANDSHAKE, () => hello()],
  [HANDSHAKE, () => join(hello(), frame(field(3, join(numberField(1, 1), numberField(2, true)))))],
  [MESSAGE, message((peer) => wrapper(peer, members.alive('x')))],
  [MESSAGE, message((peer) => wrapper(peer, members.federationStart('now')))],
  [MESSAGE, message((peer) => wrapper(peer, members.connectTo('/ip4/127.0.0.1/tcp/1')))],
  [MESSAGE, message((peer) => wrapper(peer, members.reputation(peer, 0.5)))],
  [
    MODEL,
    async ({ key, peerId }) => {
      const bytes = randomBytes(CHUNK)
      const { bytes: offered } = await offer(key, { origin: peerId, chunks: [bytes], chunkSize: CHUNK })

      return join(offered, chunk(0, bytes))
    }
  ],
  [MODEL, () => frame(field(2, join(field(1, randomBytes(32)), numberField(2, true))))],
  [PROXY, () => frame(field(1, join(field(1, 'x'), field(2, randomBytes(64)))))]
]

await Promise.all(targets.flatMap((target) => Array.from({ length: AT_ONCE }, async () => fuzz(target))))

async function fuzz(target: Target): Promise<never> {
  for (;;) {
    const attacker = await Attacker.create()

    try {
      await attacker.link(target)

      for (let i = 0; i < STREAMS_PER_IDENTITY; i++) {
        await sendOne(attacker, target)
      }
    } catch {
      // thrown out, as it should be
    }

    await attacker.node.stop()
  }
}

async function sendOne(attacker: Attacker, target: Target): Promise<void> {
  const [protocol, sample] = samples[below(samples.length)] ?? [HANDSHAKE, () => hello()]
  const bytes = mutate(await sample(attacker), random)
  const stream = await attacker.open(target, protocol)

  for (let at = 0; at < bytes.byteLength;) {
    const end = at + 1 + below(random() < 0.5 ? 20 : CHUNK)
    await push(stream, bytes.subarray(at, end))
    at = end
  }

  report({ event: 'opened', count: ++sent })

  switch (below(3)) {
    case 0:
      await stream.close({ signal: AbortSignal.timeout(1_000) })
      break
    case 1:
      stream.abort(new Error('by chance'))
      break
    default:
      await delay(5)
  }
}

function message(bytesOf: (peerId: string) => Uint8Array): Sample {
  return async (attacker) => {
    const bytes = bytesOf(attacker.peerId)
    const number = seqno++

    return envelope({
      wrapper: bytes,
      seqno: number,
      signature: await attacker.sign(attacker.peerId, number, bytes),
      hops: 0
    })
  }
}
