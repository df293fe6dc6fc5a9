import { jsonLine } from '../../../http/event-json.ts'
import type { Reporter } from './reporter.ts'
import type { EventJson } from '../../../http/event-json.ts'
import type { Output } from '../../context.ts'

/** One JSON object a line, for programs. */
export class JsonReporter implements Reporter {
  readonly #output: Output

  constructor(output: Output) {
    this.#output = output
  }

  ready(event: EventJson): void {
    this.event(event)
  }

  event(event: EventJson): void {
    this.#output.write(`${jsonLine(event)}\n`)
  }

  stop(): void {}
}
