import { Key } from 'interface-datastore'
import { systemClock } from '../../protocols/clock.ts'
import type { Clock } from '../../protocols/clock.ts'
import type { ComponentLogger, Logger } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'

export interface ModelNumbersComponents {
  datastore: Datastore
  logger: ComponentLogger
}

const KEY = new Key('/nebula/model-number')
const NUMBER_BYTES = 8

/**
 * Numbers for this node's models, each greater than all before. The first is
 * the clock in microseconds, or one more than the last of an earlier run, which
 * is kept: the clock may have been set back.
 */
export class ModelNumbers {
  readonly #datastore: Datastore
  readonly #log: Logger
  readonly #clock: Clock
  #loading?: Promise<void>
  #last = 0n
  /** Writes follow one another, so that the greatest is the one that stays. */
  #writes: Promise<void> = Promise.resolve()

  constructor(components: ModelNumbersComponents, { clock = systemClock }: { clock?: Clock } = {}) {
    this.#datastore = components.datastore
    this.#log = components.logger.forComponent('nebula:models')
    this.#clock = clock
  }

  /** The next number, which is kept before it is given. A datastore that fails leaves it to the clock. */
  async next(): Promise<bigint> {
    await (this.#loading ??= this.#load())

    const number = ++this.#last

    this.#writes = this.#writes.then(async () => this.#write(number))
    await this.#writes

    return number
  }

  async #load(): Promise<void> {
    const now = BigInt(Math.floor(this.#clock.now())) * 1_000n
    const kept = await this.#read()

    this.#last = kept != null && kept >= now ? kept : now - 1n
  }

  async #read(): Promise<bigint | undefined> {
    try {
      if (await this.#datastore.has(KEY)) {
        const { buffer, byteOffset, byteLength } = await this.#datastore.get(KEY)

        return byteLength === NUMBER_BYTES ? new DataView(buffer, byteOffset).getBigUint64(0) : undefined
      }
    } catch (err) {
      this.#log.error('could not read the number of the last model - %e', err)
    }

    return undefined
  }

  async #write(number: bigint): Promise<void> {
    const bytes = new Uint8Array(NUMBER_BYTES)

    new DataView(bytes.buffer).setBigUint64(0, number)

    try {
      await this.#datastore.put(KEY, bytes)
    } catch (err) {
      this.#log.error('could not keep the number of a model - %e', err)
    }
  }
}
