import { Uint8ArrayList } from 'uint8arraylist'
import type { Payload, PayloadStorage } from './payload-storage.ts'

/** A chunk is copied when its pieces pin more memory than this for each of its bytes. */
const MAX_PINNED_RATIO = 1.5

/** Payloads in memory, for nodes without a disk. */
export class MemoryStorage implements PayloadStorage {
  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  create(): Payload {
    return new MemoryPayload()
  }
}

class MemoryPayload implements Payload {
  readonly #pieces = new Map<number, Uint8Array | Uint8ArrayList>()

  async write(position: number, data: Uint8Array | Uint8ArrayList): Promise<void> {
    this.#pieces.set(position, own(data))
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

/**
 * What nobody else changes: bytes of the application are copied, those that came over a connection belong to
 * nobody else.
 */
function own(data: Uint8Array | Uint8ArrayList): Uint8Array | Uint8ArrayList {
  if (data instanceof Uint8Array) {
    // the slice() of a Buffer would be a view
    return new Uint8Array(data)
  }

  const buffers = new Set([...data].map(({ buffer }) => buffer))
  const pinned = [...buffers].reduce((bytes, buffer) => bytes + buffer.byteLength, 0)

  return pinned <= data.byteLength * MAX_PINNED_RATIO ? new Uint8ArrayList(data) : data.slice()
}
