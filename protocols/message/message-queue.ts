import { encodingLength } from 'uint8-varint'
import type { MessagePriority } from './types.ts'

const PRIORITIES: readonly MessagePriority[] = ['high', 'medium', 'low']

/**
 * A message that waits. `done` is settled when the peer has acknowledged it, or never will; it resolves with the
 * number that the peer named in the acknowledgement, if it did.
 */
export interface Entry {
  bytes: Uint8Array
  priority: MessagePriority
  /** Whether the memory that it holds was given back. */
  released: boolean
  done: PromiseWithResolvers<bigint | undefined>
}

export interface MessageQueueInit {
  maxMessages: number
  maxBytes: number
}

/** Messages in three priorities, each in the order in which they came. The bounds say when the queue is full. */
export class MessageQueue implements Iterable<Entry> {
  readonly #init: MessageQueueInit
  /** Sets keep the order of insertion, and let go of any entry at the same cost. */
  readonly #entries: Record<MessagePriority, Set<Entry>> = {
    high: new Set(),
    medium: new Set(),
    low: new Set()
  }
  #length = 0
  #byteLength = 0

  constructor(init: MessageQueueInit) {
    this.#init = init
  }

  get length(): number {
    return this.#length
  }

  get byteLength(): number {
    return this.#byteLength
  }

  hasRoom(byteLength: number): boolean {
    return (
      this.#length < this.#init.maxMessages &&
      // one message of any allowed size always fits an empty queue
      (this.#length === 0 || this.#byteLength + byteLength <= this.#init.maxBytes)
    )
  }

  /** Adds an entry, to a full queue as well. */
  add(entry: Entry): void {
    this.#entries[entry.priority].add(entry)
    this.#length++
    this.#byteLength += entry.bytes.byteLength
  }

  /** Harmless when the entry is not in the queue. */
  remove(entry: Entry): void {
    if (this.#entries[entry.priority].delete(entry)) {
      this.#length--
      this.#byteLength -= entry.bytes.byteLength
    }
  }

  /** The messages of one priority, in the order in which they came. */
  of(priority: MessagePriority): Iterable<Entry> {
    return this.#entries[priority]
  }

  /** The next messages, the most urgent first, whose frames have up to `maxBytes` bytes together, or the next one alone. */
  take(maxBytes: number, maxMessages = Infinity): Entry[] {
    const batch: Entry[] = []
    let bytes = 0

    for (const entry of this) {
      bytes += encodingLength(entry.bytes.byteLength) + entry.bytes.byteLength

      if (batch.length === maxMessages || (batch.length > 0 && bytes > maxBytes)) {
        break
      }

      this.remove(entry)
      batch.push(entry)
    }

    return batch
  }

  *[Symbol.iterator](): Generator<Entry, void, undefined> {
    for (const priority of PRIORITIES) {
      yield* this.#entries[priority]
    }
  }
}
