import { Key } from 'interface-datastore'
import { systemClock } from './clock.ts'
import { WriteQueue } from './write-queue.ts'
import type { Clock } from './clock.ts'
import type { ComponentLogger, Logger } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'

export interface GrowingNumbersComponents {
  datastore: Datastore
  logger: ComponentLogger
}

export interface GrowingNumbersInit {
  /** What is numbered; it names the key in the datastore. */
  name: 'attempt' | 'message' | 'model'
  clock?: Pick<Clock, 'now'>
  /** Numbers that one write to the datastore reserves. @default 1_048_576, which is about a second of the clock's microseconds */
  block?: bigint
}

const BLOCK = 1_048_576n
const NUMBER_BYTES = 8
/** No clock reaches it, and it leaves room to grow in 64 bits: a record above it is damaged. */
const MAX_KEPT = 2n ** 62n
/** Microseconds of a hundred years: more than any two clocks differ by, of which one is right and one was reset. */
const MAX_JUMP = 100n * 365n * 86_400_000_000n

/**
 * Numbers that only grow, over restarts too, whatever the clock does. The first
 * of a run is the clock in microseconds, or one more than all that earlier runs
 * may have given. The datastore keeps a number ahead of those given, so that
 * one write serves many. The clock is what is left when the datastore was lost,
 * or is an old copy.
 */
export class GrowingNumbers {
  readonly #datastore: Datastore
  readonly #log: Logger
  readonly #clock: Pick<Clock, 'now'>
  readonly #name: GrowingNumbersInit['name']
  readonly #key: Key
  readonly #block: bigint
  #loading?: Promise<void>
  #newest = 0n
  /** The least number that the next one is greater than. */
  #below?: bigint
  /** What the first number of this run is greater than. */
  #first?: bigint
  /** Numbers up to this one are, or are about to be, kept as given. */
  #reserved = 0n
  readonly #writes: WriteQueue

  constructor(components: GrowingNumbersComponents, init: GrowingNumbersInit) {
    this.#datastore = components.datastore
    this.#log = components.logger.forComponent(`nebula:numbers:${init.name}`)
    this.#clock = init.clock ?? systemClock
    this.#name = init.name
    this.#writes = new WriteQueue((err) =>
      this.#log.error('could not keep the %s numbers - %e', this.#name, err)
    )
    this.#key = new Key(`/nebula/${init.name}-number`)
    this.#block = init.block ?? BLOCK
  }

  /** The last number given in this run; 0 before the first. */
  get newest(): bigint {
    return this.#newest
  }

  /** Reads what earlier runs gave, and reserves the first numbers. A datastore that fails leaves it to the clock. */
  async load(): Promise<void> {
    await (this.#loading ??= this.#load())
  }

  /** The next number. Before `load` it is the clock's. */
  take(): bigint {
    this.#newest = (this.#below ?? this.#clockNumber() - 1n) + 1n
    this.#below = this.#newest

    // half a block before the end, so that the write is done when the numbers come there
    if (this.#newest + this.#block / 2n > this.#reserved) {
      this.#reserve()
    }

    return this.#newest
  }

  /** The next number, once it is kept. */
  async next(): Promise<bigint> {
    await this.load()

    const number = this.take()

    await this.#writes.flush()

    return number
  }

  /**
   * All further numbers are greater than the one that a peer says it knows of.
   * It may lie: no more than a hundred years of the clock are left out in one
   * run, of the hundreds of thousands that there are.
   *
   * @returns whether they are
   */
  exceed(number: bigint): boolean {
    const below = this.#below ?? this.#clockNumber() - 1n

    this.#first ??= below

    if (number > this.#first + MAX_JUMP || number >= MAX_KEPT) {
      return false
    }

    if (number > below) {
      this.#below = number
      this.#reserve()
    }

    return true
  }

  /** Resolves when nothing waits to be written. */
  async flush(): Promise<void> {
    await this.#writes.flush()
  }

  #clockNumber(): bigint {
    return BigInt(Math.max(1, Math.floor(this.#clock.now() * 1_000)))
  }

  async #load(): Promise<void> {
    const kept = await this.#read()

    const below = this.#below ?? this.#clockNumber() - 1n

    this.#below = kept > below ? kept : below
    this.#first = this.#below
    this.#reserve()
    await this.#writes.flush()
  }

  #reserve(): void {
    const upTo = (this.#below ?? 0n) + this.#block

    this.#reserved = upTo
    void this.#writes.write(async () => this.#write(upTo))
  }

  async #read(): Promise<bigint> {
    try {
      if (await this.#datastore.has(this.#key)) {
        const { buffer, byteOffset, byteLength } = await this.#datastore.get(this.#key)
        const kept = byteLength === NUMBER_BYTES ? new DataView(buffer, byteOffset).getBigUint64(0) : 0n

        return kept < MAX_KEPT ? kept : 0n
      }
    } catch (err) {
      this.#log.error('could not read the last %s number - %e', this.#name, err)
    }

    return 0n
  }

  async #write(number: bigint): Promise<void> {
    const bytes = new Uint8Array(NUMBER_BYTES)

    new DataView(bytes.buffer).setBigUint64(0, number)

    await this.#datastore.put(this.#key, bytes)
  }
}
