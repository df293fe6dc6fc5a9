import type { Uint8ArrayList } from 'uint8arraylist'

type Chunk = Uint8Array | Uint8ArrayList

/** The chunks that were read or came of late: receivers that are about as far as one another cost one read. */
export class RecentChunks {
  readonly #max: number
  /** The oldest first. */
  readonly #chunks = new Map<number, Promise<Chunk>>()

  /** @param max - how many chunks are kept */
  constructor(max: number) {
    this.#max = max
  }

  /** The chunk if it is kept, otherwise what `read` gives, which is kept unless it rejects. */
  get(index: number, read: () => Promise<Chunk>): Promise<Chunk> {
    const recent = this.#chunks.get(index)

    if (recent != null) {
      return recent
    }

    const reading = read()

    this.#keep(index, reading)
    reading.catch(() => {
      if (this.#chunks.get(index) === reading) {
        this.#chunks.delete(index)
      }
    })

    return reading
  }

  add(index: number, chunk: Chunk): void {
    this.#keep(index, Promise.resolve(chunk))
  }

  clear(): void {
    this.#chunks.clear()
  }

  #keep(index: number, chunk: Promise<Chunk>): void {
    this.#chunks.set(index, chunk)

    for (const oldest of this.#chunks.keys()) {
      if (this.#chunks.size <= this.#max) {
        return
      }

      this.#chunks.delete(oldest)
    }
  }
}
