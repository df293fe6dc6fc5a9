/** Makes the other end write, and reads nothing. */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { field, frame, join, numberField } from '../support/bytes.ts'
import { chunk, MESSAGE, MODEL, offer } from '../support/protocols.ts'
import { push } from '../support/push.ts'
import { report } from '../support/report.ts'
import type { Target } from '../support/attacker.ts'

const CHUNK = 1_048_576
const CHUNKS = 4
/** Streams at once: as many as one peer is served on, and more. */
const MANY = 4
const CHANGES = 300_000

const { targets, kind } = attackArgs()

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
  }
}

for (const name of String(kind).split(' ')) {
  const attacker = await Attacker.create()

  await attacker.node.unhandle(MESSAGE)
  await attacker.node.handle(MESSAGE, (stream) => stream.pause())

  for (const target of targets) {
    void attacker.insist(target, async () => kinds[name]?.(attacker, target))
  }
}

async function over(stream: EventTarget): Promise<void> {
  await new Promise((resolve) => stream.addEventListener('close', resolve, { once: true }))
}
