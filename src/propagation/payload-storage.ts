import { mkdir, mkdtemp, open, rm, statfs, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { NotStartedError } from '@libp2p/interface'
import { DiskFullError, ModelGoneError } from './errors.ts'
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

export interface CreatePayloadOptions {
  /** Asked when there is no room to write: whether it has made some, so that it is worth another try. */
  onFull?(): Promise<boolean>
}

export interface PayloadStorage extends Startable {
  create(options?: CreatePayloadOptions): Payload
  /** Bytes that can be written now, as far as the system says; other programs may take them at any time. */
  available(): Promise<number>
}

/** What a write fails with when the disk, or what this user may have of it, is full. */
const FULL = ['ENOSPC', 'EDQUOT']

export function isDiskFull(err: unknown): boolean {
  return err instanceof Error && FULL.includes((err as NodeJS.ErrnoException).code ?? '')
}

/**
 * Payloads in files without a name: whatever ends the process, the disk is
 * free again.
 */
export class FileStorage implements PayloadStorage {
  /** The directory that was asked for; it stays. */
  readonly #given?: string
  /** Payloads that are being removed, whose room is not free yet. */
  readonly #removals = new Set<Promise<void>>()
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

  create(options: CreatePayloadOptions = {}): Payload {
    if (this.#directory == null) {
      throw new NotStartedError('The overlay is not started, and keeps no models')
    }

    return new FilePayload(join(this.#directory, randomUUID()), this.#removals, options)
  }

  async available(): Promise<number> {
    await Promise.allSettled(this.#removals)

    if (this.#directory == null) {
      return Infinity
    }

    try {
      const { bavail, blocks, bsize } = await statfs(this.#directory)

      // a file system without a bound of its own says 0 of everything
      return blocks === 0 ? Infinity : bavail * bsize
    } catch {
      // writing tells what is wrong
      return Infinity
    }
  }
}

class FilePayload implements Payload {
  readonly #path: string
  readonly #removals: Set<Promise<void>>
  readonly #options: CreatePayloadOptions
  #file?: Promise<FileHandle>
  #removed = false

  /** @param removals - takes in the removal as long as it lasts */
  constructor(path: string, removals: Set<Promise<void>>, options: CreatePayloadOptions) {
    this.#path = path
    this.#removals = removals
    this.#options = options
  }

  async write(position: number, data: Uint8Array | Uint8ArrayList): Promise<void> {
    for (;;) {
      try {
        await this.#write(position, data)

        return
      } catch (err) {
        if (!isDiskFull(err)) {
          throw err
        }

        if ((await this.#options.onFull?.()) !== true) {
          throw new DiskFullError(undefined, { cause: err })
        }
      }
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
    const removal = this.#close()

    this.#removals.add(removal)

    try {
      await removal
    } finally {
      this.#removals.delete(removal)
    }
  }

  async #close(): Promise<void> {
    const file = this.#file

    this.#removed = true
    await (await file)?.close()
  }

  /** The system writes a part when there is room for a part only, and says why when asked to write the rest. */
  async #write(position: number, data: Uint8Array | Uint8ArrayList): Promise<void> {
    const file = await this.#open()
    let written = 0

    while (written < data.byteLength) {
      const pieces = data instanceof Uint8Array ? [data.subarray(written)] : [...data.sublist(written)]
      const { bytesWritten } = await file.writev(pieces, position + written)

      if (bytesWritten === 0) {
        throw new Error(`Only ${written} of ${data.byteLength} bytes of a model were written`)
      }

      written += bytesWritten
    }
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
