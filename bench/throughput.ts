/** A model over one link, beside the same bytes over a bare stream, and over a bare socket. */
import { strict as assert } from 'node:assert'
import { OVERLAY_END, Pair, SOCKET_END, STOCK_END } from './ends/end.ts'
import { inTurns } from './in-turns.ts'
import { withRemotes } from './remote.ts'
import { spreadOf } from './summary.ts'
import type { Aim, Benchmark, Figure } from './benchmark.ts'
import type { BulkEnd, Encryption, Storage } from './ends/end.ts'

const MIB = 1_048_576
/** Sizes of the pieces that the peer sends; it takes the one that is fastest here. */
const CHUNKS = [65_536, 262_144, MIB]
const TRIES = 2

interface Sides {
  bytes: number
  runs: number
}

export const throughput: Benchmark = {
  name: 'throughput',
  async run({ quick }) {
    const sides = { bytes: (quick ? 8 : 64) * MIB, runs: quick ? 1 : 5 }

    const besideNoise = async (
      name: string,
      encryption: Encryption[],
      storage: Storage,
      above: number
    ): Promise<Figure> =>
      beside({ name, encryption, storage, script: STOCK_END, peerName: 'raw stream, noise' }, sides, {
        of: 'ratio',
        above
      })

    if (quick) {
      return [await besideNoise('noise', ['noise'], 'memory', 0.95)]
    }

    return [
      await besideNoise('noise', ['noise'], 'memory', 0.95),
      await besideNoise('noise-disk', ['noise'], 'disk', 0.95),
      await besideNoise('tls', ['tls'], 'memory', 1.1),
      await besideNoise('tls-disk', ['tls'], 'disk', 1.1),
      await beside(
        {
          name: 'tls-beside-tcp',
          encryption: ['tls'],
          storage: 'memory',
          script: SOCKET_END,
          peerName: 'a TCP socket'
        },
        sides
      )
    ]
  }
}

interface Comparison {
  name: string
  encryption: Encryption[]
  storage: Storage
  script: URL
  peerName: string
}

async function beside(
  { name, encryption, storage, script, peerName }: Comparison,
  { bytes, runs }: Sides,
  aim?: Aim
): Promise<Figure> {
  const ours = new Pair<BulkEnd>(OVERLAY_END)
  const peer = new Pair<BulkEnd>(script)

  return withRemotes([ours, peer], async () => {
    await Promise.all([ours.link(encryption, storage), peer.link(['noise'])])

    const chunk = await fastestChunk(peer, bytes)

    return {
      name: `throughput/${name}`,
      unit: 'MiB/s',
      ...(await inTurns(runs, {
        ours: async () => rate(ours, bytes, chunk),
        peer: async () => rate(peer, bytes, chunk)
      })),
      peerName: `${peerName}, pieces of ${chunk / 1_024} KiB`,
      aim
    }
  })
}

async function fastestChunk(pair: Pair<BulkEnd>, bytes: number): Promise<number> {
  const rates = new Map<number, number>()

  await rate(pair, bytes, MIB)

  for (const chunk of CHUNKS) {
    const tries: number[] = []

    for (let i = 0; i < TRIES; i++) {
      tries.push(await rate(pair, bytes, chunk))
    }

    rates.set(chunk, spreadOf(tries).median)
  }

  return CHUNKS.toSorted((a, b) => (rates.get(b) ?? 0) - (rates.get(a) ?? 0))[0] ?? MIB
}

let seed = 0

/** MiB a second, from the first byte being sent to the last having come; what came is compared afterwards. */
async function rate({ sender, receiver }: Pair<BulkEnd>, bytes: number, chunk: number): Promise<number> {
  const sha256 = await sender.call('prepare', bytes, ++seed)

  await receiver.call('expectBulk', bytes)

  const start = await sender.call('sendBulk', chunk)
  const got = await receiver.call('bulk')

  assert.equal(got.sha256, sha256)

  return bytes / MIB / ((got.at - start) / 1_000)
}
