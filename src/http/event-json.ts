/**
 * The overlay's events as JSON: the lines of `nebula start --json` and the
 * data of the event stream. `event-schemas.ts` says what is in each.
 */
import { MAX_SHOWN_BYTES } from './constants.ts'
import { errorJson } from './error-response.ts'
import type { Clock } from '../lib/clock.ts'
import type { z } from '@hono/zod-openapi'
import type { EventData, EventName, OverlayEventName } from './event-schemas.ts'
import type { LinkSchema, WarningSchema } from './schemas.ts'
import type { LinkInfo, Nebula, NebulaEvents } from '../interface.ts'
import type { ModelInfo, ReceivedModel } from '../models/index.ts'
import type { Warning } from '../warnings/index.ts'

/** A `LinkInfo` in JSON. */
export type LinkJson = z.infer<typeof LinkSchema>

/** A `ReceivedModel` in JSON; `details` as bytes are anywhere. */
export type ModelJson = EventData<'model:begin'>

/** A `Warning` in JSON. */
export type WarningJson = z.infer<typeof WarningSchema>

export interface EventJson {
  event: string
  time: number
  [key: string]: unknown
}

/** An event of which the name is known. */
export type NamedEventJson<E extends EventName> = { event: E; time: number } & EventData<E>

export function linkJson(link: LinkInfo): LinkJson {
  const { peer, state, remoteAddr, direct, priority, direction, proxy, roles, agent, round } = link
  const { openedAt, lastActivity, ready, location } = link
  const { messagesSent, messagesReceived, bytesSent, bytesReceived } = link

  return {
    peer: peer.toString(),
    state,
    direct,
    priority,
    direction,
    address: remoteAddr.toString(),
    proxy,
    roles,
    agent,
    round,
    openedAt,
    lastActivity,
    ready,
    ...(location == null ? {} : { location }),
    messagesSent,
    messagesReceived,
    bytesSent,
    bytesReceived
  }
}

export function modelInfoJson({ id, source, kind, round, weight, size, encodedSize, encoding }: ModelInfo) {
  return {
    id,
    source: source.toString(),
    kind,
    round,
    weight: weight.toString(),
    size,
    encodedSize,
    encoding
  }
}

function modelJson(model: ReceivedModel): ModelJson {
  return { ...modelInfoJson(model), from: model.from.toString() }
}

export function warningJson({ code, subject, message, since }: Warning): WarningJson {
  return { code, ...(subject == null ? {} : { subject }), message, since }
}

/** An event without a schema, or with a field that its schema lacks, does not compile. */
type Serialisers = {
  [E in OverlayEventName]: (detail: NebulaEvents[E]['detail']) => EventData<E>
}

const SERIALISERS: Serialisers = {
  'link:open': linkJson,
  'link:close': ({ link, reason }) => ({ ...linkJson(link), reason }),
  'link:upgrade': linkJson,
  'link:redial': ({ peer, round, attempt, retryAt, error }) => ({
    peer: peer.toString(),
    round,
    attempt,
    retryAt,
    ...(error == null ? {} : { error: errorJson(error) })
  }),
  message: ({ source, from, message }) => ({
    source: source.toString(),
    from: from.toString(),
    type: message.type,
    action: message.action,
    fields: fieldsJson(message.fields, message.type === 'app' ? Infinity : MAX_SHOWN_BYTES)
  }),
  'model:begin': modelJson,
  'model:initialization': modelJson,
  'model:update': modelJson,
  'model:offer': ({ fields, model }) => ({ ...modelJson(model), fields: fieldsJson(fields) }),
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
  'peer:disconnected': ({ peer, reason, expiresAt }) => ({ peer: peer.toString(), reason, expiresAt }),
  'federation:ready': ({ neighbours }) => ({ neighbours: neighbours.map(String) }),
  'join:failed': ({ target, error, retryAt }) => ({
    target,
    error: errorJson(error),
    retryAt
  }),
  'controller:registered': () => ({}),
  'controller:continue': () => ({}),
  warning: warningJson,
  'warning:end': warningJson
}

/** The events that have a JSON form, by name. */
export const EVENT_NAMES = Object.keys(SERIALISERS) as OverlayEventName[]

/**
 * Tells the listener of every event from now on; the function returned ends
 * it.
 */
export function watchEvents(nebula: Nebula, clock: Clock, listener: (event: EventJson) => void): () => void {
  const handle = (event: CustomEvent<unknown>): void => {
    const serialise = SERIALISERS[event.type as OverlayEventName] as (detail: unknown) => object

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

/**
 * Bytes in base64, or `{ bytes: LENGTH }` of many; big integers as decimal
 * strings; null for a number that JSON cannot write.
 */
function fieldsJson(fields: object, maxShownBytes = MAX_SHOWN_BYTES): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, fieldJson(value, maxShownBytes)])
  )
}

function fieldJson(value: unknown, maxShownBytes: number): unknown {
  if (typeof value === 'bigint') {
    return value.toString()
  }

  if (typeof value === 'number' && !Number.isFinite(value)) {
    return null
  }

  if (value instanceof Uint8Array) {
    return value.byteLength > maxShownBytes
      ? { bytes: value.byteLength }
      : Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  }

  return value
}
