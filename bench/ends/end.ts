import { Remote } from '../remote.ts'
import type { Api } from '../serve.ts'

export type Encryption = 'tls' | 'noise'

/** Where models are kept; a peer of the product's keeps what comes in memory. */
export type Storage = 'disk' | 'memory'

/** What the product prefers where nothing is configured. */
export const DEFAULT_ENCRYPTION: Encryption[] = ['noise', 'tls']

/** What every end of a link offers; times are those of `now`. */
export interface End extends Api {
  /** @returns the address that it listens on */
  start(encryption: Encryption[], storage?: Storage): Promise<string>
  connect(address: string): Promise<void>
}

export interface MessageEnd extends End {
  /** Begins to count and to check messages. */
  expectMessages(count: number, characters: number): Promise<void>
  /** @returns when the last message had come; all were right */
  received(): Promise<number>
  /** @returns when it began */
  sendMessages(count: number, characters: number): Promise<number>
}

export interface Arrival {
  at: number
  sha256: string
}

export interface BulkEnd extends End {
  /** Makes what is sent next. @returns its hash */
  prepare(bytes: number, seed: number): Promise<string>
  expectBulk(bytes: number): Promise<void>
  /** @returns when it began; resolves when all was handed over */
  sendBulk(chunkBytes: number): Promise<number>
  /** @returns when the last byte had come; hashed after that */
  bulk(): Promise<Arrival>
}

/** Both ends of a link, each in a process of its own. */
export class Pair<T extends End> {
  readonly sender: Remote<T>
  readonly receiver: Remote<T>

  constructor(script: URL) {
    this.sender = new Remote<T>(script)
    this.receiver = new Remote<T>(script)
  }

  async link(encryption: Encryption[], storage?: Storage): Promise<this> {
    const [sender, receiver] = [this.sender as Remote<End>, this.receiver as Remote<End>]
    const [address] = await Promise.all([
      receiver.call('start', encryption, storage),
      sender.call('start', encryption, storage)
    ])

    await sender.call('connect', address)

    return this
  }

  async stop(): Promise<void> {
    await Promise.all([this.sender.stop(), this.receiver.stop()])
  }
}

export const OVERLAY_END = new URL('overlay.ts', import.meta.url)
export const STOCK_END = new URL('stock.ts', import.meta.url)
export const SOCKET_END = new URL('socket.ts', import.meta.url)
