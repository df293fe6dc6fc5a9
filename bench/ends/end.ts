import { Remote } from '../remote.ts'
import type { Api } from '../serve.ts'

export type Encryption = 'tls' | 'noise'

/** What the product prefers where nothing is configured. */
export const DEFAULT_ENCRYPTION: Encryption[] = ['tls', 'noise']

/** What every end of a link offers; times are those of `now`. */
export interface End extends Api {
  /** @returns the address that it listens on */
  start(encryption: Encryption[]): Promise<string>
  connect(address: string): Promise<void>
  /** Begins to count and to check messages. */
  expectMessages(count: number, characters: number): Promise<void>
  /** @returns when the last message had come; all were right */
  received(): Promise<number>
  /** @returns when it began */
  sendMessages(count: number, characters: number): Promise<number>
}

/** Both ends of a link, each in a process of its own. */
export class Pair<T extends End> {
  readonly sender: Remote<T>
  readonly receiver: Remote<T>

  constructor(script: URL) {
    this.sender = new Remote<T>(script)
    this.receiver = new Remote<T>(script)
  }

  async link(encryption: Encryption[]): Promise<this> {
    const [address] = await Promise.all([
      (this.receiver as Remote<End>).call('start', encryption),
      (this.sender as Remote<End>).call('start', encryption)
    ])

    await (this.sender as Remote<End>).call('connect', address)

    return this
  }

  async stop(): Promise<void> {
    await Promise.all([this.sender.stop(), this.receiver.stop()])
  }
}

export const OVERLAY_END = new URL('overlay.ts', import.meta.url)
export const STOCK_END = new URL('stock.ts', import.meta.url)
