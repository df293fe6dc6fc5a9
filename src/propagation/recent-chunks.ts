import { BoundedMap } from '../lib/bounded-map.ts'
import type { Uint8ArrayList } from 'uint8arraylist'

type Chunk = Uint8Array | Uint8ArrayList

/** The chunks that were read or came of late: receivers that are about as far as one another cost one read. */
export class RecentChunks {
  readonly #chunks: BoundedMap<number, Promise<Chunk>>

  /** @param max - how many chunks are kept */
  constructor(max: number) {
    this.#chunks = new BoundedMap({ max })
  }

  get(index: number): Promise<Chunk> | undefined {
    return this.#chunks.get(index)
  }

  /** What `read` gives, which is kept unless it rejects. */
  read(index: number, read: () => Promise<Chunk>): Promise<Chunk> {
    const reading = read()

    this.#chunks.set(index, reading)
    reading.catch(() => {
      if (this.#chunks.get(index) === reading) {
        this.#chunks.delete(index)
      }
    })

    return reading
  }

  add(index: number, chunk: Chunk): void {
    this.#chunks.set(index, Promise.resolve(chunk))
  }

  clear(): void {
    this.#chunks.clear()
  }
}
