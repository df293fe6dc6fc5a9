/**
 * Frames on a byte stream: an unsigned varint with the payload's length, then
 * the payload. The varint must be minimal, and no longer than the largest
 * allowed length needs.
 *
 * `it-length-prefixed` and the length-prefixed helpers of `@libp2p/utils` frame
 * the same way, yet accept padded varints, take a varint that never ends for
 * one that has not arrived, and drop empty frames.
 */
import { decode, encode, encodingLength } from 'uint8-varint'
import { Uint8ArrayList } from 'uint8arraylist'
import { ByteQueue } from './byte-queue.ts'
import { FrameTooLargeError, InvalidFrameError } from './errors.ts'

export type Bytes = Uint8Array | Uint8ArrayList

/** Average bytes of frames below which they are copied. */
const COPIED_BELOW_BYTES = 2_048

/** The set bit of a varint's byte says that another follows. */
const VARINT_CONTINUES = 0x80

/**
 * The frames, each after its length. Large ones are not copied; small ones are,
 * into one piece, for each piece costs every layer below more than its bytes.
 *
 * @throws {FrameTooLargeError} when a frame is over the limit
 */
export function encodeFrames(frames: Bytes[], maxFrameBytes: number): Uint8ArrayList {
  let bytes = 0

  for (const { byteLength } of frames) {
    if (byteLength > maxFrameBytes) {
      throw new FrameTooLargeError('outbound', byteLength, maxFrameBytes)
    }

    bytes += encodingLength(byteLength) + byteLength
  }

  return bytes > COPIED_BELOW_BYTES * frames.length ? listed(frames) : copied(frames, bytes)
}

function listed(frames: Bytes[]): Uint8ArrayList {
  const encoded = new Uint8ArrayList()

  for (const frame of frames) {
    encoded.append(encode(frame.byteLength), frame)
  }

  return encoded
}

function copied(frames: Bytes[], bytes: number): Uint8ArrayList {
  const encoded = new Uint8Array(bytes)
  let offset = 0

  for (const frame of frames) {
    encode(frame.byteLength, encoded, offset)
    offset += encodingLength(frame.byteLength)
    encoded.set(frame instanceof Uint8Array ? frame : frame.subarray(), offset)
    offset += frame.byteLength
  }

  return new Uint8ArrayList(encoded)
}

/**
 * Collects received bytes and gives them back as frames. The lengths are read
 * as the bytes arrive, so a violation shows before its frame is asked for;
 * the bytes are cut into frames only when they are taken, so that a million
 * empty frames cost a megabyte and not a million objects.
 */
export class FrameDecoder {
  readonly #maxFrameBytes: number
  readonly #unread = new ByteQueue()
  readonly #prefix: Uint8Array
  #prefixLength = 0
  #missing = 0
  #wholeFrames = 0
  #begun = 0

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes
    this.#prefix = new Uint8Array(encodingLength(maxFrameBytes))
  }

  /** Bytes held, prefixes included. */
  get byteLength(): number {
    return this.#unread.byteLength
  }

  /** Frames that can be taken. */
  get wholeFrames(): number {
    return this.#wholeFrames
  }

  /** Whether the last byte received lies within a frame or its prefix. */
  get withinFrame(): boolean {
    return this.#missing > 0 || this.#prefixLength > 0
  }

  /** How many frames have begun so far: tells one unfinished frame from the next. */
  get begun(): number {
    return this.#begun
  }

  /**
   * Takes bytes as they were received, split anywhere.
   *
   * @throws {InvalidFrameError} for a prefix that is no minimal varint or too long
   * @throws {FrameTooLargeError} for a length over the limit
   */
  push(data: Bytes): void {
    for (const chunk of data instanceof Uint8Array ? [data] : data) {
      this.#scan(chunk)
      this.#unread.append(chunk)
    }
  }

  /** The next whole frame without its prefix, not copied; undefined when there is none. */
  take(): Uint8ArrayList | undefined {
    if (this.#wholeFrames === 0) {
      return undefined
    }

    this.#wholeFrames--

    return this.#unread.take(this.#unread.takeVarint())
  }

  /** Forgets what was received. */
  clear(): void {
    this.#unread.clear()
    this.#prefixLength = 0
    this.#missing = 0
    this.#wholeFrames = 0
  }

  #scan(chunk: Uint8Array): void {
    let offset = 0

    while (offset < chunk.byteLength) {
      if (this.#missing > 0) {
        const skipped = Math.min(this.#missing, chunk.byteLength - offset)
        offset += skipped
        this.#missing -= skipped
        this.#wholeFrames += this.#missing === 0 ? 1 : 0
      } else {
        this.#scanPrefix(chunk[offset++] ?? 0)
      }
    }
  }

  #scanPrefix(byte: number): void {
    if (this.#prefixLength === 0) {
      this.#begun++
    }

    this.#prefix[this.#prefixLength++] = byte

    if (byte >= VARINT_CONTINUES) {
      if (this.#prefixLength === this.#prefix.byteLength) {
        throw new InvalidFrameError(`length prefix is longer than ${this.#prefix.byteLength} bytes`)
      }

      return
    }

    const length = decode(this.#prefix)

    if (encodingLength(length) !== this.#prefixLength) {
      throw new InvalidFrameError(`length prefix of ${this.#prefixLength} bytes is not minimal`)
    }

    if (length > this.#maxFrameBytes) {
      throw new FrameTooLargeError('inbound', length, this.#maxFrameBytes)
    }

    this.#prefixLength = 0
    this.#missing = length
    this.#wholeFrames += length === 0 ? 1 : 0
  }
}
