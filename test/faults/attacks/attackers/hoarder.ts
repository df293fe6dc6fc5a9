/** Offers as many models as it can and sends a chunk of each now and then, often enough not to stand still. */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { chunk, MODEL, offer } from '../support/protocols.ts'
import { push } from '../support/push.ts'
import type { Target } from '../support/attacker.ts'

const CHUNK = 65_536
const CHUNKS = 100
const MODELS = 16
const IDENTITIES = 2

const { targets, interval } = attackArgs()
const chunks = Array.from({ length: CHUNKS }, () => randomBytes(CHUNK))

for (let i = 0; i < IDENTITIES; i++) {
  const attacker = await Attacker.create()

  for (const target of targets) {
    void attacker.insist(target, async () => {
      const link = await attacker.link(target)
      const closed = new Promise((resolve) => link.addEventListener('close', resolve))

      for (let model = 0; model < MODELS; model++) {
        void hoard(attacker, target)
      }

      await closed
    })
  }
}

/** One place after the other. */
async function hoard(attacker: Attacker, target: Target): Promise<void> {
  for (;;) {
    try {
      const stream = await attacker.open(target, MODEL)
      const { bytes } = await offer(attacker.key, { origin: attacker.peerId, chunks, chunkSize: CHUNK })

      await push(stream, bytes)

      for (const [index, each] of chunks.entries()) {
        await delay(Number(interval))
        attacker.offend(target)
        await push(stream, chunk(index, each))
      }
    } catch {
      await delay(Number(interval))
    }
  }
}
