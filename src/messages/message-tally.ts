import type { MessageCounts } from './message-counts.ts'

/** Counts what a messenger does; cheap enough for every message. */
export class MessageTally {
  readonly #sent: Record<string, number> = {}
  readonly #received: Record<string, number> = {}
  #bytesSent = 0
  #bytesReceived = 0
  #forwarded = 0

  get counts(): Pick<MessageCounts, 'sent' | 'received' | 'bytesSent' | 'bytesReceived' | 'forwarded'> {
    return {
      sent: this.#sent,
      received: this.#received,
      bytesSent: this.#bytesSent,
      bytesReceived: this.#bytesReceived,
      forwarded: this.#forwarded
    }
  }

  sent(type: string): void {
    this.#sent[type] = (this.#sent[type] ?? 0) + 1
  }

  received(type: string): void {
    this.#received[type] = (this.#received[type] ?? 0) + 1
  }

  forwarded(): void {
    this.#forwarded++
  }

  bytesSent(bytes: number): void {
    this.#bytesSent += bytes
  }

  bytesReceived(bytes: number): void {
    this.#bytesReceived += bytes
  }
}
