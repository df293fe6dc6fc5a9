import { mkdir, mkdtemp, open, rm, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { NotStartedError } from '@libp2p/interface'
import { ModelGoneError } from './errors.ts'
import type { Startable } from '@libp2p/interface'
import type { FileHandle } from 'node:fs/promises'
import type { Uint8ArrayList } from 'uint8arraylist'

/** The encoded bytes of one model, written in any order. */
export interface Payload {
  write(position: number, data: Uint8Array | Uint8ArrayList): Promise<void>
  /** Bytes that were written before; the caller does not change them. */
  read(position: number, length: number): Promise<Uint8Array | Uint8ArrayList>
  /** Waits for what is being read and written. */
  remove(): Promise<void>
}

export interface PayloadStorage extends Startable {
  create(): Payload
}

/**
 * Payloads in files without a name: whatever ends the process, the disk is
 * free again.
 */
export class FileStorage implements PayloadStorage {
  /** The directory that was asked for; it stays. */
  readonly #given?: string
  #directory?: string

  /** @param directory - where the files lie, created if need be; a temporary one when left out */
  constructor(directory?: string) {
    this.#given = directory
  }

  async start(): Promise<void> {
    if (this.#directory == null && this.#given != null) {
      await mkdir(this.#given, { recursive: true, mode: 0o700 })
    }

    this.#directory ??= this.#given ?? (await mkdtemp(join(tmpdir(), 'nebula-models-')))
  }

  async stop(): Promise<void> {
    const directory = this.#directory

    this.#directory = undefined

    if (directory != null && this.#given == null) {
      await rm(directory, { recursive: true, force: true })
    }
  }

  create(): Payload {
    if (this.#directory == null) {
      throw new NotStartedError('The overlay is not started, and keeps no models')
    }

    return new FilePayload(join(this.#directory, randomUUID()))
  }
}

class FilePayload implements Payload {
  readonly #path: string
  #file?: Promise<FileHandle>
  #removed = false

  constructor(path: string) {
    this.#path = path
  }

  async write(position: number, data: Uint8Array | Uint8ArrayList): Promise<void> {
    const pieces = data instanceof Uint8Array ? [data] : [...data]
    const file = await this.#open()
    const { bytesWritten } = await file.writev(pieces, position)

    if (bytesWritten !== data.byteLength) {
      throw new Error(`Only ${bytesWritten} of ${data.byteLength} bytes of a model were written`)
    }
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafeSlow(length)
    const file = await this.#open()
    const { bytesRead } = await file.read(bytes, 0, length, position)

    if (bytesRead !== length) {
      throw new Error(`Only ${bytesRead} of ${length} bytes of a model were read`)
    }

    return bytes
  }

  async remove(): Promise<void> {
    const file = this.#file

    this.#removed = true
    await (await file)?.close()
  }

  async #open(): Promise<FileHandle> {
    if (this.#removed) {
      throw new ModelGoneError()
    }

    const file = (this.#file ??= openNameless(this.#path))

    try {
      return await file
    } catch (err) {
      // the disk may have room, or the directory be there, the next time
      if (this.#file === file) {
        this.#file = undefined
      }

      throw err
    }
  }
}

async function openNameless(path: string): Promise<FileHandle> {
  const file = await open(path, 'wx+', 0o600)

  try {
    await unlink(path)
  } catch (err) {
    await file.close()

    throw err
  }

  return file
}
