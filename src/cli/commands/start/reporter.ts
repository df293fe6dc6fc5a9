import type { EventJson, NamedEventJson } from '../../../http/event-json.ts'

/** The node as it is when it is ready. */
export type ReadyJson = NamedEventJson<'ready'>

/** Lines that were left out because what was written before was read too slowly. */
export type DroppedJson = NamedEventJson<'dropped'>

/** Shows a running node to whoever started it. */
export interface Reporter {
  ready(event: ReadyJson): void
  event(event: EventJson): void
  /** Says what is left to say, and gives the terminal back. */
  stop(): void
}
