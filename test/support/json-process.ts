import { createInterface } from 'node:readline'
import { stopProcess } from './stop-process.ts'
import type { ChildProcess } from 'node:child_process'

export interface JsonEvent {
  event: string
  [key: string]: unknown
}

/** A process that prints one JSON object with an `event` per line. */
export class JsonProcess {
  readonly child: ChildProcess
  /** All it has printed. */
  readonly events: JsonEvent[] = []
  readonly #label: string
  readonly #waiters = new Set<() => void>()
  #stderr = ''
  #ended = false

  /** @param label - names the process in errors */
  constructor(child: ChildProcess, label: string) {
    this.child = child
    this.#label = label
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4_000)
      this.#wake()
    })

    if (child.stdout != null) {
      createInterface(child.stdout).on('line', (line) => {
        this.events.push(parse(line))
        this.#wake()
      })
    }

    child.once('close', () => {
      this.#ended = true
      this.#wake()
    })
  }

  get stderr(): string {
    return this.#stderr
  }

  /**
   * Waits until what has been printed, on either output, fulfils the condition.
   *
   * @param what - for the error when it does not in time, or the process ends
   */
  async until(what: string, condition: (events: JsonEvent[]) => boolean, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs

    while (!condition(this.events)) {
      const left = deadline - Date.now()

      if (this.#ended || left <= 0) {
        throw new Error(
          `${this.#label}: ${this.#ended ? 'ended' : `${timeoutMs} ms went by`} without ${what}; ` +
            `printed ${JSON.stringify(this.events.slice(-20))}; stderr: ${this.#stderr}`
        )
      }

      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer)
          this.#waiters.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, left)
        this.#waiters.add(wake)
      })
    }
  }

  /** The first event of the name, waited for. */
  async event(name: string, timeoutMs: number): Promise<JsonEvent> {
    const find = (): JsonEvent | undefined => this.events.find(({ event }) => event === name)
    await this.until(`the event ${name}`, () => find() != null, timeoutMs)
    const found = find()

    if (found == null) {
      throw new Error(`${this.#label}: no event ${name}`)
    }

    return found
  }

  /** @returns the exit code; `null` when a signal ended it */
  async stop(): Promise<number | null> {
    return await stopProcess(this.child)
  }

  #wake(): void {
    for (const wake of this.#waiters) {
      wake()
    }
  }
}

function parse(line: string): JsonEvent {
  try {
    const value: unknown = JSON.parse(line)

    if (typeof value === 'object' && value != null && 'event' in value) {
      return value as JsonEvent
    }
  } catch {
    // shown as what it is, below
  }

  return { event: 'not JSON', line }
}
