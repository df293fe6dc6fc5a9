import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { ByteSink, ByteSource } from './types.ts'

/** Bytes in memory, given where they lie. */
export function bufferSource(bytes: Uint8Array): ByteSource {
  return {
    byteLength: bytes.byteLength,
    read: (position, length) => bytes.subarray(position, position + length)
  }
}

/** A file, read a part at a time. It is not to be written while it is read. */
export class FileSource implements ByteSource, AsyncDisposable {
  readonly byteLength: number
  readonly #file: FileHandle

  private constructor(file: FileHandle, byteLength: number) {
    this.#file = file
    this.byteLength = byteLength
  }

  /** @throws what the system does, and when it is no regular file */
  static async open(path: string): Promise<FileSource> {
    // opening a pipe that has no writer would block a thread of Node.js
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)

    try {
      const stats = await file.stat()

      if (!stats.isFile()) {
        throw new TypeError(`${path} is not a regular file`)
      }

      return new FileSource(file, stats.size)
    } catch (err) {
      await file.close()

      throw err
    }
  }

  async read(position: number, length: number, into: Uint8Array): Promise<Uint8Array> {
    let filled = 0

    while (filled < length) {
      const { bytesRead } = await this.#file.read(into, filled, length - filled, position + filled)

      if (bytesRead === 0) {
        break
      }

      filled += bytesRead
    }

    return into.subarray(0, filled)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** Collects what is written, of which the length is known before. */
export class BufferSink implements ByteSink {
  readonly bytes: Uint8Array
  #at = 0

  constructor(byteLength: number) {
    this.bytes = new Uint8Array(byteLength)
  }

  write(piece: Uint8Array): void {
    this.bytes.set(piece, this.#at)
    this.#at += piece.byteLength
  }
}

/** Appends to an open file; whoever opened it closes it. */
export function fileSink(file: FileHandle): ByteSink {
  return {
    async write(piece) {
      for (let written = 0; written < piece.byteLength;) {
        const { bytesWritten } = await file.write(piece, written, piece.byteLength - written)

        written += bytesWritten
      }
    }
  }
}
