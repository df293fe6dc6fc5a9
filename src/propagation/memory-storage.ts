import { ownBytes } from './own-bytes.ts'
import type { Payload, PayloadStorage } from './payload-storage.ts'
import type { Uint8ArrayList } from 'uint8arraylist'

/** Payloads in memory, for nodes without a disk. */
export class MemoryStorage implements PayloadStorage {
  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  create(): Payload {
    return new MemoryPayload()
  }

  async available(): Promise<number> {
    return Infinity
  }
}

class MemoryPayload implements Payload {
  readonly #pieces = new Map<number, Uint8Array | Uint8ArrayList>()

  async write(position: number, data: Uint8Array | Uint8ArrayList): Promise<void> {
    this.#pieces.set(position, ownBytes(data))
  }

  async read(position: number, length: number): Promise<Uint8Array | Uint8ArrayList> {
    const piece = this.#pieces.get(position)

    if (piece?.byteLength !== length) {
      throw new Error('A model is read in the pieces in which it was written')
    }

    return piece
  }

  async remove(): Promise<void> {
    this.#pieces.clear()
  }
}
