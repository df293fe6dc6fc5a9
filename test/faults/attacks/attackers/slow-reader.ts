/** Makes the other end write, and reads nothing. */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { field, frame, join, numberField } from '../support/bytes.ts'
import { chunk, delivery, members, MESSAGE, MODEL, offer, PROXY, wrapper } from '../support/protocols.ts'
import { push } from '../support/push.ts'
import { report } from '../support/report.ts'
import type { Target } from '../support/attacker.ts'
import type { Stream } from '@libp2p/interface'

const CHUNK = 1_048_576
const CHUNKS = 4
/** Streams at once: as many as one peer is served on, and more. */
const MANY = 4
const CHANGES = 300_000
/** Characters of a message that is more than a stream takes unread. */
const LARGE = 1_000_000
/** Milliseconds that a request may take to be sent. */
const ANSWER_MS = 5_000
/** Milliseconds between two requests to a proxy. */
const ASK_MS = 100

const { targets, kind } = attackArgs()
/** Who asks for what is delivered to the slow reader. */
const accomplices = kind === 'delivery' ? [await Attacker.create()] : []
let seqno = BigInt(Date.now()) * 1_000n

const kinds: Record<string, (attacker: Attacker, target: Target) => Promise<void>> = {
  /** Asks for changes of the link and does not read the answers. */
  handshake: async (attacker, target) => {
    const link = await attacker.link(target)
    const change = frame(field(3, join(numberField(1, 1), numberField(2, true))))

    link.pause()
    attacker.offend(target)
    await push(link, join(...Array<Uint8Array>(CHANGES).fill(change)))
    await over(link)
  },
  /** Is sent messages by the test and takes none. */
  message: async (attacker, target) => {
    const link = await attacker.link(target)

    report({ event: 'linked', peer: attacker.peerId, target: target.peerId })
    attacker.offend(target)
    await over(link)
  },
  /** Gives a model, and asks for it back on many streams without reading one. */
  model: async (attacker, target) => {
    await attacker.link(target)
    const chunks = Array.from({ length: CHUNKS }, () => randomBytes(CHUNK))
    const { bytes: offered, contentId } = await offer(attacker.key, {
      origin: attacker.peerId,
      chunks,
      chunkSize: CHUNK
    })
    const given = await attacker.open(target, MODEL)
    const answered = new Promise((resolve) => given.addEventListener('message', resolve, { once: true }))

    await push(given, offered)
    await Promise.race([answered, delay(5_000)])

    for (const [i, bytes] of chunks.entries()) {
      await push(given, chunk(i, bytes))
    }

    const want = frame(
      field(2, join(field(1, contentId), field(3, join(numberField(1, 0), numberField(2, CHUNKS)))))
    )

    await delay(500)
    attacker.offend(target)
    await Promise.all(
      Array.from({ length: MANY }, async () => {
        for (;;) {
          const stream = await attacker.open(target, MODEL)

          stream.pause()
          await push(stream, want)
          await over(stream)
        }
      })
    )
  },
  /** Has a proxy deliver messages, and neither reads the answers nor ends its side. */
  answer: async (attacker, target) => {
    await attacker.link(target)
    const { peerId } = targets.find((other) => other !== target) ?? target

    attacker.offend(target)
    await Promise.all(
      Array.from({ length: MANY }, async () => {
        for (;;) {
          const stream = await attacker.open(target, PROXY)

          stream.pause()
          await push(stream, await request(attacker, peerId, 'x'))
          await over(stream)
        }
      })
    )
  },
  /** Has an accomplice send it messages by way of a proxy, and takes none. */
  delivery: async (attacker, target) => {
    const link = await attacker.link(target)
    const [accomplice] = accomplices

    if (accomplice == null) {
      throw new Error('Nobody asks')
    }

    const helping = await accomplice.link(target)

    attacker.offend(target)

    try {
      while (link.status === 'open') {
        const stream = await accomplice.open(target, PROXY)

        await push(stream, await request(accomplice, attacker.peerId, 'x'.repeat(LARGE)))
        await stream.close({ signal: AbortSignal.timeout(ANSWER_MS) })
        await over(stream)
        await delay(ASK_MS)
      }
    } finally {
      await helping.close()
    }
  }
}

for (const name of String(kind).split(' ')) {
  const attacker = await Attacker.create()

  await attacker.node.unhandle(MESSAGE)
  await attacker.node.handle([MESSAGE, PROXY], (stream) => stream.pause())

  for (const target of targets) {
    void attacker.insist(target, async () => kinds[name]?.(attacker, target))
  }
}

async function request(from: Attacker, to: string, log: string): Promise<Uint8Array> {
  const bytes = wrapper(from.peerId, members.alive(log))
  const number = seqno++

  return delivery(to, {
    wrapper: bytes,
    seqno: number,
    signature: await from.sign(from.peerId, number, bytes)
  })
}

async function over(stream: Stream): Promise<void> {
  if (stream.status !== 'open') {
    return
  }

  await new Promise((resolve) => stream.addEventListener('close', resolve, { once: true }))
}
