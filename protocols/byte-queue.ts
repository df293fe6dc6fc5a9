import { decode, encodingLength } from 'uint8-varint'
import { Uint8ArrayList } from 'uint8arraylist'

/**
 * Pieces below this are copied together. A remote that sends single bytes, each
 * in a Yamux frame of its own, would otherwise make an object and an entry of
 * a list of each: a hundred times the memory, and minutes to shift a million.
 */
const COPIED_BELOW_BYTES = 1_024

const BLOCK_BYTES = 4_096

/** The longest varint that `uint8-varint` reads. */
const MAX_VARINT_BYTES = 8

/** Bytes in the order of arrival; larger pieces are not copied, neither in nor out. */
export class ByteQueue {
  readonly #pieces = new Uint8ArrayList()
  /** Holds small pieces; those from `#start` to `#end` are not in the list yet. */
  #block = new Uint8Array(0)
  #start = 0
  #end = 0

  get byteLength(): number {
    return this.#pieces.byteLength + this.#end - this.#start
  }

  append(piece: Uint8Array): void {
    if (piece.byteLength >= COPIED_BELOW_BYTES || this.byteLength === 0) {
      this.#flush()
      this.#pieces.append(piece)

      return
    }

    if (piece.byteLength > this.#block.byteLength - this.#end) {
      this.#flush()
      this.#block = new Uint8Array(BLOCK_BYTES)
      this.#start = 0
      this.#end = 0
    }

    this.#block.set(piece, this.#end)
    this.#end += piece.byteLength
  }

  /** Takes a varint that is known to be there. */
  takeVarint(): number {
    this.#reach(MAX_VARINT_BYTES)
    const value = decode(this.#pieces)
    this.#consume(encodingLength(value))

    return value
  }

  /** Takes bytes that are known to be there. */
  take(bytes: number): Uint8ArrayList {
    this.#reach(bytes)
    const taken = this.#pieces.sublist(0, bytes)
    this.#consume(bytes)

    return taken
  }

  clear(): void {
    this.#flush()
    this.#consume(this.#pieces.byteLength)
  }

  /** Only when the list is too short: a flush at each take would cut the block into the pieces it came from. */
  #reach(bytes: number): void {
    if (this.#pieces.byteLength < bytes) {
      this.#flush()
    }
  }

  #flush(): void {
    if (this.#end > this.#start) {
      this.#pieces.append(this.#block.subarray(this.#start, this.#end))
      this.#start = this.#end
    }
  }

  #consume(bytes: number): void {
    this.#pieces.consume(bytes)

    if (this.byteLength === 0) {
      this.#block = new Uint8Array(0)
      this.#start = 0
      this.#end = 0
    }
  }
}
