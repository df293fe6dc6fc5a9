import { systemClock } from '../../../lib/clock.ts'
import type { Config } from '../../../config/index.ts'
import type { Clock, Timer } from '../../../lib/clock.ts'
import type { Output } from '../../context.ts'

/** Milliseconds after which a start takes long. */
const FIRST_MS = 10_000

const AGAIN_MS = 60_000

/** Says on stderr what a start waits for that takes long. */
export class StartNotice {
  readonly #config: Config
  readonly #errors: Output
  readonly #clock: Clock
  #waitsFor: string
  #timer: Timer | undefined

  constructor(config: Config, errors: Output, clock: Clock = systemClock) {
    this.#config = config
    this.#errors = errors
    this.#clock = clock
    this.#waitsFor = beforeCreation(config)
    this.#schedule(FIRST_MS)
  }

  /** The node is there, and starts. */
  created(): void {
    this.#waitsFor = afterCreation(this.#config)
  }

  end(): void {
    this.#timer?.clear()
    this.#timer = undefined
  }

  #schedule(ms: number): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#errors.write(`nebula: the node is not ready yet: it waits for ${this.#waitsFor}\n`)
      this.#schedule(AGAIN_MS)
    }, ms)
  }
}

function beforeCreation({ dataDir, libp2p }: Config): string {
  const files = [libp2p.module, dataDir].filter((path) => path != null)

  return files.length === 0 ? 'its modules to be loaded' : files.join(' and ')
}

function afterCreation({ direct, waitForDirect }: Config): string {
  return waitForDirect == null || direct.length === 0
    ? 'its addresses to listen on'
    : `links with ${direct.join(', ')} (waitForDirect)`
}
