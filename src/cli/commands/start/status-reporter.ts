import { createLogUpdate } from 'log-update'
import { styleText } from 'node:util'
import { eventText, isWarning, readyText } from './event-text.ts'
import { RateMeter } from './rates.ts'
import { MAX_EVENT_LINES, statusLines } from './status-text.ts'
import type { ReadyJson, Reporter } from './reporter.ts'
import type { Clock, Timer } from '../../../lib/clock.ts'
import type { EventJson } from '../../../http/event-json.ts'
import type { Output } from '../../context.ts'
import type { LinkInfo } from '../../../interface.ts'

const REDRAW_INTERVAL_MS = 1_000

export interface StatusReporterComponents {
  terminal: NodeJS.WriteStream
  errors: Output
  links: () => readonly LinkInfo[]
  clock: Clock
}

/** A calm picture of the node at the foot of a terminal: drawn once a second at most, and only when it has changed. */
export class StatusReporter implements Reporter {
  readonly #components: StatusReporterComponents
  readonly #update: ReturnType<typeof createLogUpdate>
  readonly #rates: RateMeter
  #events: string[] = []
  #drawn = ''
  #timer?: Timer

  constructor(components: StatusReporterComponents) {
    this.#components = components
    this.#update = createLogUpdate(components.terminal)
    this.#rates = new RateMeter(components.clock.now())
  }

  ready(event: ReadyJson): void {
    this.#components.terminal.write(`${readyText(event)}\n`)
    this.#draw()
  }

  /** Messages show in the rates. */
  event(event: EventJson): void {
    if (isWarning(event.event)) {
      // stays above the status, which is drawn anew below it
      this.#update.clear()
      this.#components.errors.write(`${eventText(event)}\n`)
      this.#drawn = ''
    } else if (event.event !== 'message') {
      this.#events = [...this.#events, eventText(event)].slice(-MAX_EVENT_LINES)
    }
  }

  stop(): void {
    this.#timer?.clear()
    this.#timer = undefined
    this.#update.done()
  }

  #draw(): void {
    const { terminal, links, clock } = this.#components
    const now = links()
    const rates = this.#rates.measure(now, clock.now())
    const text = statusLines({ links: now, rates, events: this.#events }, terminal.columns)
      .map((line) =>
        line.style == null ? line.text : styleText(line.style, line.text, { stream: terminal })
      )
      .join('\n')

    if (text !== this.#drawn) {
      this.#drawn = text
      this.#update(text)
    }

    this.#timer = clock.setTimeout(() => this.#draw(), REDRAW_INTERVAL_MS)
  }
}
