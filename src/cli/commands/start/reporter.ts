import type { EventJson } from '../../../http/event-json.ts'

/** The node as it is when it is ready, `ready` in JSON. */
export interface ReadyJson extends EventJson {
  event: 'ready'
  peerId: string
  federation: string
  multiaddrs: string[]
  /** The control API's address, or `null` without one. */
  http: string | null
}

/** Lines that were left out because what was written before was read too slowly, `dropped` in JSON. */
export interface DroppedJson extends EventJson {
  event: 'dropped'
  /** Since the last such line. */
  count: number
}

/** Shows a running node to whoever started it. */
export interface Reporter {
  ready(event: ReadyJson): void
  event(event: EventJson): void
  /** Says what is left to say, and gives the terminal back. */
  stop(): void
}
