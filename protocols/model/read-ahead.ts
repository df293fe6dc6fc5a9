import { chunkCount } from './header.ts'
import { Wanted } from './wanted.ts'
import type { ChunkSource } from './chunk-source.ts'
import type { Range } from './types.ts'
import type { Uint8ArrayList } from 'uint8arraylist'

/** The chunks that a sink has asked for, read one before it is needed. */
export class ReadAhead {
  readonly #source: ChunkSource
  readonly #wanted: Wanted
  readonly #onFailure: (err: Error) => void

  /** @param onFailure - a chunk could not be read */
  constructor(source: ChunkSource, onFailure: (err: Error) => void) {
    this.#source = source
    this.#wanted = new Wanted(chunkCount(source.signed.header))
    this.#onFailure = onFailure
  }

  /** Whether anything was ever asked for. */
  get begun(): boolean {
    return this.#wanted.begun
  }

  /** Chunks asked for that were not begun to be read. */
  get waiting(): number {
    return this.#wanted.size
  }

  /** @throws {ModelProtocolError} for a chunk that the model does not have or that was asked for before */
  add(ranges: Range[]): void {
    this.#wanted.add(ranges)
  }

  /** Begins to read the next chunk that is there. */
  next(): Promise<{ index: number; data: Uint8Array | Uint8ArrayList }> | undefined {
    const index = this.#wanted.take((wanted) => this.#source.has(wanted))

    if (index == null) {
      return undefined
    }

    const reading = this.#source.read(index).then((data) => ({ index, data }))

    // it is awaited only when the chunk before has left
    reading.catch(this.#onFailure)

    return reading
  }
}
