import { systemClock } from '../../../lib/clock.ts'
import { formatTime } from '../../format.ts'
import { BoundedOutput } from './bounded-output.ts'
import { eventText, isFailure, readyText } from './event-text.ts'
import type { BoundedOutputInit } from './bounded-output.ts'
import type { ReadyJson, Reporter } from './reporter.ts'
import type { EventJson } from '../../../http/event-json.ts'
import type { Output } from '../../context.ts'

/** Lines about messages in a second; of further ones the number is told. */
export const MAX_MESSAGE_LINES_PER_SECOND = 10

/** Plain lines, for logs; failures go to the standard error output. */
export class LineReporter implements Reporter {
  readonly #output: BoundedOutput
  readonly #errors: BoundedOutput
  #second = 0
  #messages = 0

  constructor(output: Output, errors: Output, init: BoundedOutputInit = {}) {
    this.#output = new BoundedOutput(output, droppedLine, init)
    this.#errors = new BoundedOutput(errors, droppedLine, init)
  }

  ready(event: ReadyJson): void {
    this.#output.force(readyText(event))
  }

  event(event: EventJson): void {
    if (isFailure(event)) {
      this.#errors.write(() => eventText(event))
    } else if (event.event !== 'message' || this.#mayShow(event.time)) {
      this.#output.write(() => eventText(event), event.event === 'message')
    }
  }

  stop(): void {
    this.#tellHidden()
    this.#output.stop()
    this.#errors.stop()
  }

  #mayShow(time: number): boolean {
    const second = Math.floor(time / 1_000)

    if (second !== this.#second) {
      this.#tellHidden()
      this.#second = second
      this.#messages = 0
    }

    this.#messages++

    return this.#messages <= MAX_MESSAGE_LINES_PER_SECOND
  }

  #tellHidden(): void {
    const second = this.#second
    const hidden = this.#messages - MAX_MESSAGE_LINES_PER_SECOND

    if (hidden > 0) {
      this.#output.write(() => `${formatTime(second * 1_000)} and ${hidden} more messages`, true)
    }

    this.#messages = 0
  }
}

function droppedLine(count: number): string {
  return `${formatTime(systemClock.now())} ${count} lines left out: they are read too slowly`
}
