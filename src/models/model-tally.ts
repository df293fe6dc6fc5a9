/** What was done with models since the overlay was made. Each count only grows. */
export interface ModelCounts {
  /** Models offered or served to peers, those passed on included, by how that ended. */
  sent: Record<string, number>
  /** Bytes as they travel. */
  bytesSent: number
  bytesReceived: number
  /** Transfers in which a peer did not go on, either way. */
  stalls: number
  /** Models that went on coming where an earlier transfer had ended. */
  resumed: number
  /** Chunks that were not what the header says. */
  wrongChunks: number
}

/** Counts what is done with models. */
export class ModelTally {
  readonly #counts: ModelCounts = {
    sent: {},
    bytesSent: 0,
    bytesReceived: 0,
    stalls: 0,
    resumed: 0,
    wrongChunks: 0
  }

  get counts(): Readonly<ModelCounts> {
    return this.#counts
  }

  sent(outcome: string): void {
    this.#counts.sent[outcome] = (this.#counts.sent[outcome] ?? 0) + 1
  }

  bytesSent(bytes: number): void {
    this.#counts.bytesSent += bytes
  }

  bytesReceived(bytes: number): void {
    this.#counts.bytesReceived += bytes
  }

  stalled(): void {
    this.#counts.stalls++
  }

  resumed(): void {
    this.#counts.resumed++
  }

  violation({ name }: Error): void {
    if (name === 'InvalidChunkError') {
      this.#counts.wrongChunks++
    }
  }
}
