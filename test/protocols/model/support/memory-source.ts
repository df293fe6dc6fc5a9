import type { ChunkSource } from '../../../../protocols/model/index.ts'
import type { SignedHeader } from '../../../../protocols/model/index.ts'
import type { TestModel } from './headers.ts'

/** A source that has some of a model's chunks, and gets more as a test adds them. */
export class MemorySource implements ChunkSource {
  readonly signed: SignedHeader
  readonly #chunks: Uint8Array[]
  readonly #there: Set<number>
  readonly #listeners = new Set<() => void>()
  /** Says that it has all, and does not. */
  lies = false
  /** What was read, in order. */
  readonly reads: number[] = []

  constructor(model: TestModel, there: Iterable<number> = model.chunks.keys()) {
    this.signed = model.signed
    this.#chunks = [...model.chunks]
    this.#there = new Set(there)
  }

  get complete(): boolean {
    return this.lies || this.#there.size === this.#chunks.length
  }

  has(index: number): boolean {
    return this.#there.has(index)
  }

  async read(index: number): Promise<Uint8Array> {
    this.reads.push(index)

    return this.#chunks[index] as Uint8Array
  }

  onChunk(listener: () => void): () => void {
    this.#listeners.add(listener)

    return () => this.#listeners.delete(listener)
  }

  get listeners(): number {
    return this.#listeners.size
  }

  add(index: number): void {
    this.#there.add(index)

    for (const listener of this.#listeners) {
      listener()
    }
  }

  /** A source that says that it has all. */
  static lying(model: TestModel, there: Iterable<number>): MemorySource {
    return Object.assign(new MemorySource(model, there), { lies: true })
  }

  /** Makes the source send something else. */
  replace(index: number, chunk: Uint8Array): void {
    this.#chunks[index] = chunk
  }
}
