import { Key } from 'interface-datastore'
import { peerIdFromString } from '@libp2p/peer-id'
import { fromString as uint8ArrayFromString } from 'uint8arrays/from-string'
import { toString as uint8ArrayToString } from 'uint8arrays/to-string'
import { MAX_SCORE_WRITES } from './constants.ts'
import { PENALTY_NAMES } from './terms.ts'
import type { Counters } from './arithmetic.ts'
import type { PenaltyName } from './terms.ts'
import type { PeerId } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'

/** What is kept of a peer: what it has done wrong. Goodwill is earned anew. */
export interface StoredScore {
  peer: PeerId
  counters: Partial<Record<PenaltyName, number>>
  /** When the counters were what they are, in milliseconds since the Unix epoch. */
  at: number
}

const PREFIX = new Key('/nebula/scores')

/** The scores in the node's datastore. */
export class ScoreStore {
  readonly #datastore: Datastore

  constructor(datastore: Datastore) {
    this.#datastore = datastore
  }

  /** Reads all; what is not a score is deleted. */
  async *load(): AsyncGenerator<StoredScore> {
    for await (const { key, value } of this.#datastore.query({ prefix: PREFIX.toString() })) {
      const stored = parse(value)

      if (stored == null || keyOf(stored.peer.toString()).toString() !== key.toString()) {
        await this.#datastore.delete(key)
      } else {
        yield stored
      }
    }
  }

  /** Writes scores by peer, or deletes those that are undefined, some at a time. */
  async write(scores: ReadonlyMap<string, Omit<StoredScore, 'peer'> | undefined>): Promise<void> {
    const entries = [...scores]

    for (let i = 0; i < entries.length; i += MAX_SCORE_WRITES) {
      const batch = this.#datastore.batch()

      for (const [peer, score] of entries.slice(i, i + MAX_SCORE_WRITES)) {
        if (score == null) {
          batch.delete(keyOf(peer))
        } else {
          batch.put(keyOf(peer), uint8ArrayFromString(JSON.stringify({ peer, ...score })))
        }
      }

      await batch.commit()
    }
  }
}

function keyOf(peer: string): Key {
  return PREFIX.child(new Key(peer))
}

function parse(value: Uint8Array): StoredScore | undefined {
  try {
    const { peer, counters, at }: { peer: string; counters: Counters; at: number } = JSON.parse(
      uint8ArrayToString(value)
    )
    const known = PENALTY_NAMES.filter((name) => counters[name] != null)

    if (!Number.isFinite(at) || known.some((name) => !isCount(counters[name]))) {
      return undefined
    }

    return {
      peer: peerIdFromString(peer),
      counters: Object.fromEntries(known.map((name) => [name, counters[name]])),
      at
    }
  } catch {
    return undefined
  }
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
