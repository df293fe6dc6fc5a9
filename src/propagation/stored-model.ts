import { raceSignal } from 'race-signal'
import { chunkCount, chunkLength } from '../../protocols/model/index.ts'
import { RECENT_CHUNKS_BYTES } from './constants.ts'
import { ModelGoneError } from './errors.ts'
import { ownBytes } from './own-bytes.ts'
import { RecentChunks } from './recent-chunks.ts'
import type { Payload } from './payload-storage.ts'
import type { ChunkSource, SignedHeader } from '../../protocols/model/index.ts'
import type { AbortOptions } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

/** A model, whole or in part, of which every chunk was verified. */
export class StoredModel implements ChunkSource {
  readonly signed: SignedHeader
  readonly #payload: Payload
  readonly #there: Uint8Array
  readonly #listeners = new Set<() => void>()
  /** Empty while nobody uses the model. */
  readonly #recent: RecentChunks
  readonly #gone = Promise.withResolvers<never>()
  #missing: number
  #receivedBytes = 0
  #users = 0
  #dropped = false
  #removal?: Promise<void>

  /** @param whole - whether the payload has been written already */
  constructor(signed: SignedHeader, payload: Payload, whole: boolean) {
    const count = chunkCount(signed.header)

    this.signed = signed
    this.#payload = payload
    this.#there = new Uint8Array(count).fill(whole ? 1 : 0)
    this.#recent = new RecentChunks(Math.max(2, Math.floor(RECENT_CHUNKS_BYTES / signed.header.chunkSize)))
    this.#missing = whole ? 0 : count
    this.#receivedBytes = whole ? signed.header.encodedSize : 0
    this.#gone.promise.catch(() => {})
  }

  get id(): string {
    return this.signed.id
  }

  get complete(): boolean {
    return this.#missing === 0
  }

  /** Bytes of the encoded payload that are there. */
  get receivedBytes(): number {
    return this.#receivedBytes
  }

  /** Whether anyone reads or writes it now. */
  get inUse(): boolean {
    return this.#users > 0
  }

  has(index: number): boolean {
    return this.#there[index] === 1
  }

  /** The chunks that lack, ascending. */
  *missing(): Generator<number, void, undefined> {
    for (const [index, there] of this.#there.entries()) {
      if (there === 0) {
        yield index
      }
    }
  }

  /**
   * One chunk to send, for all who send it at about the same time: its bytes must not change.
   *
   * @throws {ModelGoneError} when it is no longer kept
   */
  async read(index: number): Promise<Uint8Array | Uint8ArrayList> {
    return this.#use(async () => {
      const recent = this.#recent.get(index)

      if (recent != null) {
        return recent
      }

      // for one receiver alone it would cost memory and gain nothing
      return this.#listeners.size > 1
        ? this.#recent.read(index, async () => this.#read(index))
        : this.#read(index)
    })
  }

  /**
   * One chunk for whoever asks alone.
   *
   * @throws {ModelGoneError} when it is no longer kept
   */
  async readAlone(index: number): Promise<Uint8Array | Uint8ArrayList> {
    return this.#use(async () => this.#read(index))
  }

  /** Keeps a verified chunk. */
  async write(index: number, data: Uint8Array | Uint8ArrayList): Promise<void> {
    if (this.has(index)) {
      return
    }

    await this.#use(async () => this.#payload.write(index * this.signed.header.chunkSize, data))

    // another source may have been faster
    if (!this.has(index)) {
      this.#there[index] = 1
      this.#missing--
      this.#receivedBytes += data.byteLength

      if (this.#listeners.size > 0) {
        this.#recent.add(index, ownBytes(data))
      }

      for (const listener of this.#listeners) {
        listener()
      }
    }
  }

  onChunk(listener: () => void): () => void {
    this.#listeners.add(listener)

    return () => this.#listeners.delete(listener)
  }

  /**
   * Resolves when the chunk is there.
   *
   * @throws {ModelGoneError} when it will not come; the reason of the signal
   */
  async available(index: number, options?: AbortOptions): Promise<void> {
    while (!this.has(index)) {
      const arrived = Promise.withResolvers<void>()
      const stop = this.onChunk(() => arrived.resolve())

      try {
        await raceSignal(Promise.race([arrived.promise, this.#gone.promise]), options?.signal)
      } finally {
        stop()
      }
    }
  }

  /** Keeps the model as long as it is used; the returned function ends that. */
  retain(): () => void {
    if (this.#dropped) {
      throw new ModelGoneError()
    }

    let released = false

    this.#users++

    return () => {
      if (!released) {
        released = true
        this.#users--
        this.#removeUnused()
      }
    }
  }

  /** The model is no longer kept; the payload goes with its last user. Resolves when it is gone, or at once when it is in use. */
  async drop(): Promise<void> {
    if (!this.#dropped) {
      this.#dropped = true
      this.#gone.reject(new ModelGoneError())
      this.#removeUnused()
    }

    await this.#removal
  }

  async #read(index: number): Promise<Uint8Array | Uint8ArrayList> {
    const { header } = this.signed

    return this.#payload.read(index * header.chunkSize, chunkLength(header, index))
  }

  async #use<T>(task: () => Promise<T>): Promise<T> {
    const release = this.#users > 0 ? undefined : this.retain()

    try {
      return await task()
    } finally {
      release?.()
    }
  }

  #removeUnused(): void {
    if (this.#users === 0) {
      this.#recent.clear()
    }

    if (this.#dropped && this.#users === 0) {
      // a payload that cannot be removed has no name and goes with the process
      this.#removal = this.#payload.remove().catch(() => {})
    }
  }
}
