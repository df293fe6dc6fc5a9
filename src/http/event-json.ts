/**
 * The overlay's events as JSON: the lines of `nebula start --json` and the
 * data of the event stream. Times are milliseconds since the Unix epoch. The
 * command has lines of its own besides: `ready` and `dropped`.
 */
import { MAX_SHOWN_BYTES } from './constants.ts'
import { errorJson } from './error-response.ts'
import type { Clock } from '../../protocols/clock.ts'
import type { Priority } from '../../protocols/handshake/index.ts'
import type { LinkInfo, Nebula, NebulaEvents } from '../interface.ts'
import type { ReceivedModel } from '../models/index.ts'
import type { Warning } from '../warnings/index.ts'

/** A `LinkInfo` in JSON. */
export interface LinkJson {
  peer: string
  direct: boolean
  priority: Priority
  direction: 'inbound' | 'outbound'
  address: string
  proxy: boolean
  roles: string[]
  round: number | null
  agent: string
  openedAt: number
  lastActivity: number
  ready: boolean
  location?: { latitude: number; longitude: number }
  messagesSent: number
  messagesReceived: number
  bytesSent: number
  bytesReceived: number
}

/** A `ReceivedModel` in JSON; `details` as bytes are anywhere. */
export interface ModelJson {
  id: string
  source: string
  from: string
  kind: 'model' | 'offer'
  round: number
  weight: string
  size: number
  encodedSize: number
  encoding: string
}

/** A `Warning` in JSON. */
export interface WarningJson {
  code: string
  subject?: string
  message: string
  since: number
}

export interface EventJson {
  event: string
  time: number
  [key: string]: unknown
}

export function linkJson(link: LinkInfo): LinkJson {
  const { peer, remoteAddr, ...rest } = link

  return { peer: peer.toString(), address: remoteAddr.toString(), ...rest }
}

function modelJson(model: ReceivedModel): ModelJson {
  const { id, kind, round, weight, size, encodedSize, encoding } = model

  return {
    id,
    source: model.source.toString(),
    from: model.from.toString(),
    kind,
    round,
    weight: weight.toString(),
    size,
    encodedSize,
    encoding
  }
}

export function warningJson({ code, subject, message, since }: Warning): WarningJson {
  return { code, ...(subject == null ? {} : { subject }), message, since }
}

type Serialisers = {
  [E in keyof NebulaEvents]?: (detail: NebulaEvents[E]['detail']) => Record<string, unknown>
}

const SERIALISERS: Serialisers = {
  'link:open': (link) => ({ ...linkJson(link) }),
  'link:close': ({ link, reason }) => ({ ...linkJson(link), reason }),
  'link:upgrade': (link) => ({ ...linkJson(link) }),
  'link:redial': ({ peer, error, ...rest }) => ({
    peer: peer.toString(),
    ...rest,
    ...(error == null ? {} : { error: errorJson(error) })
  }),
  message: ({ source, from, message }) => ({
    source: source.toString(),
    from: from.toString(),
    type: message.type,
    action: message.action,
    fields: fieldsJson(message.fields)
  }),
  'model:begin': (model) => ({ ...modelJson(model) }),
  'model:initialization': (model) => ({ ...modelJson(model) }),
  'model:update': (model) => ({ ...modelJson(model) }),
  'model:offer': ({ fields, model }) => ({ ...modelJson(model), fields }),
  'model:failed': ({ model, error }) => ({ ...modelJson(model), error: errorJson(error) }),
  'neighbour:update': ({ peer, added, neighbours }) => ({
    peer: peer.toString(),
    added,
    neighbours: neighbours.map(String)
  }),
  'peer:found': ({ peer, multiaddrs }) => ({ peer: peer.toString(), multiaddrs: multiaddrs.map(String) }),
  'peer:blacklisted': ({ peer, reason, expiresAt }) => ({ peer: peer.toString(), reason, expiresAt }),
  'peer:graylisted': ({ peer, score, reason }) => ({ peer: peer.toString(), score, reason }),
  'peer:recovered': ({ peer, score }) => ({ peer: peer.toString(), score }),
  'peer:disconnected': ({ peer, expiresAt }) => ({ peer: peer.toString(), expiresAt }),
  'federation:ready': ({ neighbours }) => ({ neighbours: neighbours.map(String) }),
  'join:failed': ({ target, error, retryAt }) => ({
    target,
    error: errorJson(error),
    retryAt
  }),
  'controller:registered': () => ({}),
  'controller:continue': () => ({}),
  warning: (warning) => ({ ...warningJson(warning) }),
  'warning:end': (warning) => ({ ...warningJson(warning) })
}

/** The events that have a JSON form, by name. */
export const EVENT_NAMES = Object.keys(SERIALISERS) as Array<keyof NebulaEvents>

/**
 * Tells the listener of every event from now on; the function returned ends
 * it.
 */
export function watchEvents(nebula: Nebula, clock: Clock, listener: (event: EventJson) => void): () => void {
  const handle = (event: CustomEvent<unknown>): void => {
    const serialise = SERIALISERS[event.type as keyof NebulaEvents] as (
      detail: unknown
    ) => Record<string, unknown>

    listener({ event: event.type, time: clock.now(), ...serialise(event.detail) })
  }

  for (const name of EVENT_NAMES) {
    nebula.addEventListener(name, handle)
  }

  return () => {
    for (const name of EVENT_NAMES) {
      nebula.removeEventListener(name, handle)
    }
  }
}

/**
 * One line of JSON. The control characters that JSON lets through are escaped
 * too: the line may hold a peer's text and may be shown on a terminal.
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  )
}

/** Bytes in base64, or `{ bytes: LENGTH }` of many; big integers as decimal strings. */
function fieldsJson(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, fieldJson(value)]))
}

function fieldJson(value: unknown): unknown {
  if (typeof value === 'bigint') {
    return value.toString()
  }

  if (value instanceof Uint8Array) {
    return value.byteLength > MAX_SHOWN_BYTES
      ? { bytes: value.byteLength }
      : Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  }

  return value
}
