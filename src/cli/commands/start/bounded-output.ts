import type { Output } from '../../context.ts'

/**
 * What may wait to be read when a line is written, in the stream's own
 * measure: bytes or characters.
 */
export const MAX_WAITING_LENGTH = 4 * 1024 * 1024

export interface BoundedOutputInit {
  /** @default 4_194_304 */
  maxWaitingLength?: number
}

/**
 * Writes lines until more waits than a slow reader may leave, and then counts
 * them instead; the number is told once the reader has caught up.
 */
export class BoundedOutput {
  readonly #output: Output
  readonly #droppedLine: (count: number) => string
  readonly #maxWaitingLength: number
  readonly #drained = (): void => this.#tellDropped()
  #dropped = 0

  constructor(output: Output, droppedLine: (count: number) => string, init: BoundedOutputInit = {}) {
    this.#output = output
    this.#droppedLine = droppedLine
    this.#maxWaitingLength = init.maxWaitingLength ?? MAX_WAITING_LENGTH
  }

  /** Always written: what is said once. */
  force(line: string): void {
    this.#output.write(`${line}\n`)
  }

  /**
   * @param line - made only if it is written
   * @param minor - given up at half of the bound, so that there is room left for what matters more
   */
  write(line: () => string, minor = false): void {
    const bound = minor ? this.#maxWaitingLength / 2 : this.#maxWaitingLength

    if ((this.#output.writableLength ?? 0) <= bound) {
      this.force(line())

      return
    }

    // what waits is far more than a stream takes without asking for a pause, so it will tell when it is rid of it
    if (this.#dropped === 0) {
      this.#output.once?.('drain', this.#drained)
    }

    this.#dropped++
  }

  /** Tells what was dropped, though it was not caught up with. */
  stop(): void {
    this.#output.off?.('drain', this.#drained)
    this.#tellDropped()
  }

  #tellDropped(): void {
    const count = this.#dropped

    if (count > 0) {
      this.#dropped = 0
      this.force(this.#droppedLine(count))
    }
  }
}
