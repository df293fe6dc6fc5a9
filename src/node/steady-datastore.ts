import { NotFoundError } from '@libp2p/interface'
import { BaseDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { raceSignal } from 'race-signal'
import { systemClock } from '../lib/clock.ts'
import { MAX_UNSAVED_ENTRIES, REOPEN_INTERVAL_MS } from './constants.ts'
import { innermost } from './errors.ts'
import { UnsavedEntries } from './unsaved-entries.ts'
import type { Clock, Timer } from '../lib/clock.ts'
import type { Warnings } from '../warnings/index.ts'
import type { AbortOptions, ComponentLogger, Logger } from '@libp2p/interface'
import type { Datastore, KeyQuery, Pair, Query } from 'interface-datastore'

export interface SteadyDatastoreComponents {
  datastore: Datastore & {
    /** Brings the datastore into a known state after a failed write; throws when that has to be tried again. */
    reopen?(): Promise<void>
  }
  logger: ComponentLogger
  warnings?: Pick<Warnings, 'raise' | 'end'>
}

export interface SteadyDatastoreInit {
  clock?: Pick<Clock, 'setTimeout'>
  /** Entries kept in memory for want of another place. Above it, what was learnt of peers goes first, and bans and numbers that must grow stay. @default 10_000 */
  maxUnsaved?: number
  /** Whether a failed write means that the store is damaged, which is told. */
  isDamage?(err: unknown): boolean
}

/**
 * A datastore whose writes do not fail when the disk is full or cannot be
 * written: what could not be saved is kept in memory and written as soon as the
 * disk takes it, at the latest when the datastore is closed. libp2p writes to
 * its peer store for every stream that is opened and refuses the stream when
 * that fails, so a full disk would cost a node all its links.
 *
 * One write is under way at a time. After one that failed the datastore below
 * is opened again before the next: what a broken log takes may be lost.
 */
export class SteadyDatastore extends BaseDatastore {
  readonly #datastore: SteadyDatastoreComponents['datastore']
  readonly #log: Logger
  readonly #warnings?: Pick<Warnings, 'raise' | 'end'>
  readonly #clock: Pick<Clock, 'setTimeout'>
  readonly #isDamage: (err: unknown) => boolean
  readonly #maxUnsaved: number
  readonly #unsaved: UnsavedEntries
  /** The last write, however it ended. */
  #written: Promise<void> = Promise.resolve()
  /** The write that begins after that, with all that is unsaved then. */
  #next?: Promise<void>
  /** Runs after a failed write, until the datastore is to be tried again. */
  #retry?: Timer
  /** The last write failed. */
  #failed = false
  /** Entries that made room since the last write that did not fail. */
  #dropped = 0
  #closing = false
  #closed = false

  constructor({ datastore, logger, warnings }: SteadyDatastoreComponents, init: SteadyDatastoreInit = {}) {
    super()
    this.#datastore = datastore
    this.#log = logger.forComponent('nebula:datastore')
    this.#warnings = warnings
    this.#clock = init.clock ?? systemClock
    this.#maxUnsaved = init.maxUnsaved ?? MAX_UNSAVED_ENTRIES
    this.#unsaved = new UnsavedEntries(this.#maxUnsaved)
    this.#isDamage = init.isDamage ?? (() => false)
  }

  /** Entries that are in memory only. */
  get unsaved(): number {
    return this.#unsaved.size
  }

  override async put(key: Key, value: Uint8Array, options?: AbortOptions): Promise<Key> {
    await this.#change(key, value, options)

    return key
  }

  override async delete(key: Key, options?: AbortOptions): Promise<void> {
    await this.#change(key, null, options)
  }

  override async get(key: Key, options?: AbortOptions): Promise<Uint8Array> {
    const unsaved = this.#unsaved.get(key.toString())

    if (unsaved === null) {
      throw new NotFoundError()
    }

    return unsaved ?? this.#datastore.get(key, options)
  }

  override async has(key: Key, options?: AbortOptions): Promise<boolean> {
    const unsaved = this.#unsaved.get(key.toString())

    return unsaved === undefined ? this.#datastore.has(key, options) : unsaved != null
  }

  override _all({ prefix }: Query, options?: AbortOptions): AsyncGenerator<Pair> {
    return this.#pairs(prefix, options)
  }

  override async *_allKeys({ prefix }: KeyQuery, options?: AbortOptions): AsyncGenerator<Key> {
    for await (const { key } of this.#pairs(prefix, options)) {
      yield key
    }
  }

  /** Writes what is in memory only, if the disk takes it now. Nothing is written after that. */
  async close(): Promise<void> {
    this.#closing = true
    this.#retry?.clear()

    try {
      await this.#save()
    } catch (err) {
      this.#log.error('the store is damaged - %e', err)
    }

    this.#closed = true

    if (this.#unsaved.size > 0) {
      this.#log.error('%d entries could not be saved', this.#unsaved.size)
    }
  }

  /** Those that are in memory only may have another prefix: the base class looks. */
  async *#pairs(prefix: string | undefined, options?: AbortOptions): AsyncGenerator<Pair> {
    // what is saved from now on may be too late for the query
    const unsaved = new Map(this.#unsaved)

    for await (const pair of this.#datastore.query({ prefix }, options)) {
      if (!unsaved.has(pair.key.toString())) {
        yield pair
      }
    }

    for (const [key, value] of unsaved) {
      if (value != null) {
        yield { key: new Key(key), value }
      }
    }
  }

  async #change(key: Key, value: Uint8Array | null, options?: AbortOptions): Promise<void> {
    options?.signal?.throwIfAborted()
    this.#unsaved.set(key.toString(), value)
    this.#makeRoom()
    await raceSignal(this.#save(), options?.signal)
  }

  /** Resolves when what is unsaved now has been written, or could not be. */
  async #save(): Promise<void> {
    if (this.#next == null) {
      const next = this.#written.then(async () => {
        this.#next = undefined
        await this.#write()
      })

      this.#next = next
      this.#written = next.catch(() => {})
    }

    await this.#next
  }

  async #write(): Promise<void> {
    const waits = this.#retry != null && !this.#closing

    if (this.#closed || waits || this.#unsaved.size === 0) {
      return
    }

    try {
      if (this.#failed) {
        await this.#datastore.reopen?.()
      }

      await this.#commit([...this.#unsaved])
    } catch (err) {
      // while it is opened again, memory holds all there was
      if (!this.#failed && this.#isDamage(err)) {
        throw err
      }

      await this.#onFailure(err)

      return
    }

    if (this.#failed) {
      this.#failed = false
      this.#log('what was kept in memory is saved')
      this.#warnings?.end('store-not-written')
    }

    if (this.#dropped > 0) {
      this.#log.error('%d entries were dropped before the disk took them', this.#dropped)
      this.#dropped = 0
      this.#warnings?.end('store-entries-dropped')
    }
  }

  async #commit(changes: Array<[string, Uint8Array | null]>): Promise<void> {
    const batch = this.#datastore.batch()

    for (const [key, value] of changes) {
      if (value == null) {
        batch.delete(new Key(key, false))
      } else {
        batch.put(new Key(key, false), value)
      }
    }

    await batch.commit()

    for (const [key, value] of changes) {
      // it may have changed meanwhile
      if (this.#unsaved.get(key) === value) {
        this.#unsaved.delete(key)
      }
    }
  }

  async #onFailure(err: unknown): Promise<void> {
    this.#failed = true
    this.#log.error('could not save %d entries, they are kept in memory - %e', this.#unsaved.size, err)
    this.#warnings?.raise({
      code: 'store-not-written',
      message: `What the node knows cannot be saved (${innermost(err)}). It is kept in memory until the disk takes it`,
      error: err instanceof Error ? err : undefined
    })
    await this.#forgetDeletions()

    if (!this.#closing) {
      this.#retry = this.#clock.setTimeout(() => void this.#tryAgain(), REOPEN_INTERVAL_MS)
    }
  }

  async #tryAgain(): Promise<void> {
    this.#retry = undefined

    try {
      await this.#save()
    } catch (err) {
      this.#log.error('the store is damaged - %e', err)
    }
  }

  #makeRoom(): void {
    const dropped = this.#unsaved.makeRoom()

    if (dropped > 0) {
      this.#dropped += dropped
      this.#warnings?.raise({
        code: 'store-entries-dropped',
        message:
          'The disk has taken nothing for so long that memory is full of unsaved changes. The oldest that the node ' +
          'has learnt of other peers are dropped. Bans are kept. Make room on the disk'
      })
    }
  }

  /**
   * An entry that was made and deleted while nothing could be written needs no
   * memory. Bans come and go, and are never dropped otherwise.
   */
  async #forgetDeletions(): Promise<void> {
    if (this.#unsaved.size <= this.#maxUnsaved) {
      return
    }

    for (const [key, value] of this.#unsaved) {
      // it may have been made again meanwhile
      if (value == null && !(await this.#isStored(key)) && this.#unsaved.get(key) === null) {
        this.#unsaved.delete(key)
      }
    }
  }

  /** Where that cannot be read, it may be. */
  async #isStored(key: string): Promise<boolean> {
    try {
      return await this.#datastore.has(new Key(key, false))
    } catch {
      return true
    }
  }
}
