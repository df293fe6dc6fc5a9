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

/** Shows a running node to whoever started it. */
export interface Reporter {
  ready(event: ReadyJson): void
  event(event: EventJson): void
  /** Gives the terminal back. */
  stop(): void
}
