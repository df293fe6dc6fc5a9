import { BoundedMap } from '../lib/bounded-map.ts'
import { MAX_RAISED_MODELS, MAX_RAISED_ORIGINS } from './constants.ts'

export interface RaisedModelsInit {
  /** Models of one origin that are remembered. @default 128 */
  maxRaisedModels?: number
  /** @default 2_000 */
  maxRaisedOrigins?: number
}

/** An origin's latest models, by content id, with their numbers. */
interface Latest {
  numbers: Map<string, bigint>
  /** Models up to this number are no longer told apart. */
  floor?: bigint
}

/**
 * The models that were raised, so that none is a second time. The latest of
 * each origin are known by their content ids, and what is older than those for
 * which there is room is taken for raised. So models may come in any order, and
 * however far apart their numbers are: one that comes late is still new.
 */
export class RaisedModels {
  readonly #maxModels: number
  readonly #origins: BoundedMap<string, Latest>

  constructor(init: RaisedModelsInit = {}) {
    this.#maxModels = init.maxRaisedModels ?? MAX_RAISED_MODELS
    this.#origins = new BoundedMap({ max: init.maxRaisedOrigins ?? MAX_RAISED_ORIGINS })
  }

  /** Origins and models that are remembered. */
  get size(): { origins: number; models: number } {
    return {
      origins: this.#origins.size,
      models: [...this.#origins.values()].reduce((sum, { numbers }) => sum + numbers.size, 0)
    }
  }

  /** Whether the model was raised, or is so old that it counts as raised. */
  has(origin: string, seqno: bigint, id: string): boolean {
    const latest = this.#origins.get(origin)

    return latest != null && (latest.numbers.has(id) || (latest.floor != null && seqno <= latest.floor))
  }

  /** Notes a model; only one that is its origin's may be noted, or anybody could make others count as old. */
  add(origin: string, seqno: bigint, id: string): void {
    const latest = this.#origins.get(origin) ?? { numbers: new Map<string, bigint>() }

    this.#origins.set(origin, latest)

    // what became old while it came needs no note
    if (latest.floor == null || seqno > latest.floor) {
      latest.numbers.set(id, seqno)
      this.#makeRoom(latest)
    }
  }

  #makeRoom(latest: Latest): void {
    const { numbers } = latest

    if (numbers.size > this.#maxModels) {
      const floor = [...numbers.values()].reduce((least, seqno) => (seqno < least ? seqno : least))

      latest.floor = floor

      for (const [id, seqno] of numbers) {
        if (seqno === floor) {
          numbers.delete(id)
        }
      }
    }
  }
}
