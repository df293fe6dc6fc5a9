import { chunkCount, InvalidPayloadError } from '../../protocols/model/index.ts'
import { decoder } from '../../protocols/model/encoding.ts'
import { writeFileAtomic } from '../lib/write-file-atomic.ts'
import { replaceable } from '../lib/regular-file.ts'
import { DiskFullError } from './errors.ts'
import { isDiskFull } from './payload-storage.ts'
import type { StoredModel } from './stored-model.ts'
import type { ModelHeader } from '../../protocols/model/index.ts'
import type { AbortOptions } from '@libp2p/interface'

/**
 * A model as an application takes it: decompressed, in order, as far as it has
 * come, and as it comes.
 */
export class ModelReader implements AsyncIterable<Uint8Array> {
  readonly #model: StoredModel

  constructor(model: StoredModel) {
    this.#model = model
  }

  /** The content id, in hexadecimal. */
  get id(): string {
    return this.#model.id
  }

  get header(): ModelHeader {
    return this.#model.signed.header
  }

  /** Whether all of it has come. */
  get complete(): boolean {
    return this.#model.complete
  }

  /**
   * The payload in pieces of whatever size; waits for those that are to come.
   *
   * @throws {InvalidPayloadError} when it cannot be decompressed to what its header says
   * @throws {ModelGoneError} when it is no longer kept, or what lacks will not come
   */
  async *read(options?: AbortOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const { encoding, decodedSize } = this.header
    const release = this.#model.retain()

    try {
      yield* decoder(encoding, decodedSize)(this.#chunks(options))
    } finally {
      release()
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    return this.read()
  }

  /** All of the payload; throws as `read`. */
  async bytes(options?: AbortOptions): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafeSlow(this.header.decodedSize)
    let position = 0

    for await (const piece of this.read(options)) {
      bytes.set(piece, position)
      position += piece.byteLength
    }

    if (position !== bytes.byteLength) {
      throw new InvalidPayloadError('Payload is not as long as its header says')
    }

    return bytes
  }

  /**
   * Writes the payload to a file, which is there whole or not at all; throws as
   * `read`, and what the disk does. A symbolic link stays, and what it leads to
   * is replaced.
   *
   * @throws {NotRegularFileError} when there is something else than a file already
   */
  async saveTo(path: string, options?: AbortOptions): Promise<void> {
    const target = await replaceable(path)

    try {
      await writeFileAtomic(target, this.read(options))
    } catch (err) {
      throw isDiskFull(err) ? new DiskFullError(`The disk has no room for ${path}`, { cause: err }) : err
    }
  }

  async *#chunks(options?: AbortOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const count = chunkCount(this.header)

    for (let index = 0; index < count; index++) {
      options?.signal?.throwIfAborted()
      await this.#model.available(index, options)
      yield (await this.#model.readAlone(index)).subarray()
    }
  }
}
