import { systemClock } from '../../../lib/clock.ts'
import { jsonLine } from '../../../http/event-json.ts'
import { BoundedOutput } from './bounded-output.ts'
import { eventText, isWarning } from './event-text.ts'
import type { BoundedOutputInit } from './bounded-output.ts'
import type { DroppedJson, Reporter } from './reporter.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { EventJson } from '../../../http/event-json.ts'
import type { Output } from '../../context.ts'

export interface JsonReporterInit extends BoundedOutputInit {
  clock?: Pick<Clock, 'now'>
}

/** One JSON object a line, for programs. */
export class JsonReporter implements Reporter {
  readonly #output: BoundedOutput
  readonly #errors: Output

  constructor(output: Output, errors: Output, init: JsonReporterInit = {}) {
    const clock = init.clock ?? systemClock
    const droppedLine = (count: number): string => {
      const event: DroppedJson = { event: 'dropped', time: clock.now(), count }

      return jsonLine(event)
    }

    this.#errors = errors
    this.#output = new BoundedOutput(output, droppedLine, init)
  }

  ready(event: EventJson): void {
    this.#output.force(jsonLine(event))
  }

  event(event: EventJson): void {
    this.#output.write(() => jsonLine(event), event.event === 'message')

    if (isWarning(event.event)) {
      // few, as each is told once
      this.#errors.write(`${eventText(event)}\n`)
    }
  }

  stop(): void {
    this.#output.stop()
  }
}
