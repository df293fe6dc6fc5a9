/**
 * The overlay's events in JSON, each with all of its fields: what the
 * serialisers are checked against when they are compiled, what the OpenAPI
 * document says, and what docs/events.md is generated from.
 */
import { z } from '@hono/zod-openapi'
import { MAX_SHOWN_BYTES } from './constants.ts'
import { fieldKinds } from './message-fields.ts'
import {
  count,
  ErrorSchema,
  LinkSchema,
  milliseconds,
  ModelSchema,
  MultiaddrText,
  PeerIdText,
  PendingRequestSchema,
  WarningSchema
} from './schemas.ts'
import { DEFINITIONS, MESSAGE_TYPES } from '../messages/definitions.ts'
import type { LinkCloseReason, NebulaEvents } from '../interface.ts'
import type { FieldKind } from '../messages/definitions.ts'
import type { MessageType } from '../messages/types.ts'

/** The events that only the library raises, and why they have no JSON form. */
export const LIBRARY_EVENTS = {
  'message:duplicate': 'A message that had come already. There may be as many as there are messages.',
  'model:progress': 'Bytes of a model have come: once for each chunk.',
  beacon: 'Each mDNS announcement of a member; `peer:found` tells of new ones.'
} as const satisfies { [E in keyof NebulaEvents]?: string }

/** `message:TYPE:ACTION` repeats what `message` has told. */
type TypedMessageEvent = Exclude<
  Extract<keyof NebulaEvents, `message:${string}`>,
  keyof typeof LIBRARY_EVENTS
>

/** Every event of the overlay but those of the library alone. */
export type OverlayEventName = Exclude<keyof NebulaEvents, keyof typeof LIBRARY_EVENTS | TypedMessageEvent>

const peer = PeerIdText.openapi({ description: 'The PeerId of the peer.' })
const from = PeerIdText.openapi({ description: 'The PeerId of the linked peer it came from.' })
const until = milliseconds.openapi({ description: 'When that ends. Milliseconds since the Unix epoch.' })
const retryAt = milliseconds.openapi({
  description: 'When the next try begins. Milliseconds since the Unix epoch.'
})
const reason = z.string().openapi({ description: 'Why.' })
const error = ErrorSchema.shape.error
const multiaddrs = z.array(MultiaddrText)
const neighbours = z
  .array(PeerIdText)
  .openapi({ description: 'The PeerIds of all neighbours there are now.' })

/** Why links end. */
export const CLOSE_REASONS = {
  requested: 'This node ended it.',
  remote: 'The peer said goodbye, or sent `connection` `disconnect`.',
  inactive: 'Nothing passed over an undirected link.',
  replaced: 'The peer had lost it and made a new one.',
  'connection-lost': 'Its stream or its connection ended without a goodbye.',
  'send-failed': 'A message could not be sent, or was not acknowledged in time.',
  silent: 'The peer said nothing and answered no ping.',
  'protocol-error': 'One of the two broke a protocol.',
  blacklisted: 'The peer is shut out.',
  'shutting-down': 'One of the two is stopping.'
} as const satisfies Record<LinkCloseReason, string>

const closeReason = z
  .enum(Object.keys(CLOSE_REASONS) as [LinkCloseReason, ...LinkCloseReason[]])
  .openapi({ description: 'Why, see [Why links end](#why-links-end).' })

const FIELD_SCHEMAS: Record<FieldKind, z.ZodType> = {
  string: z.string(),
  strings: z.array(z.string()),
  float: z.number().nullable().openapi({ description: 'null when it is not a finite number.' }),
  int32: z.int(),
  int64: z
    .string()
    .regex(/^-?\d{1,19}$/)
    .openapi({ description: 'A whole number in decimal.' }),
  bytes: z.union([z.base64(), z.strictObject({ bytes: z.int() })]).openapi({
    description: `In base64; of more than ${MAX_SHOWN_BYTES} bytes only how many there are, but for \`app\`.`
  })
}

function fieldsOf(type: MessageType, without?: string) {
  return z.strictObject(
    Object.fromEntries(
      [...fieldKinds(type)]
        .filter(([name]) => name !== without)
        .map(([name, kind]) => [name, FIELD_SCHEMAS[kind]])
    )
  )
}

const messageFields = z
  .union(MESSAGE_TYPES.map((type) => fieldsOf(type)))
  .openapi({ description: 'The fields of the message, see [Messages](#messages).' })

/** The data of an event without its name and time, and when it is raised. */
const DATA = {
  ready: data('The first event: the node is ready.', {
    peerId: PeerIdText.openapi({ description: 'The PeerId of the node.' }),
    federation: z.string().openapi({ description: 'The name of the federation.' }),
    multiaddrs: multiaddrs.openapi({ description: 'The addresses where the node can be dialled.' }),
    http: z.string().nullable().openapi({ description: 'The address of the control API; null without one.' })
  }),
  dropped: data('Lines of `nebula start --json` were left out, as those before were read too slowly.', {
    count: count('The lines left out since the last such line.')
  }),
  missed: data('Of the stream alone: events after the id that the client gave are no longer kept.', {}),
  'link:open': data('A link was made.', LinkSchema.shape),
  'link:close': data('A link ended.', { ...LinkSchema.shape, reason: closeReason }),
  'link:upgrade': data('A link became direct or undirected.', LinkSchema.shape),
  'link:redial': data(
    'A peer whose link was lost is dialled again at `retryAt`, also one that was given or found.',
    {
      peer,
      round: count('The round of attempts, from 1.'),
      attempt: count('The attempt within the round, from 1.'),
      retryAt,
      error: error.optional().openapi({ description: 'Why the attempt before failed.' })
    }
  ),
  message: data('A message came. Those that came before, or were not taken, are not told.', {
    source: PeerIdText.openapi({ description: 'The PeerId of the node that wrote it.' }),
    from,
    type: z.enum(MESSAGE_TYPES as [MessageType, ...MessageType[]]).openapi({
      description: 'The type of the message, see [Messages](#messages).'
    }),
    action: z
      .enum(['', ...new Set(MESSAGE_TYPES.flatMap((type): readonly string[] => DEFINITIONS[type].actions))])
      .openapi({ description: 'Its action; empty for a type without actions.' }),
    fields: messageFields
  }),
  'model:begin': data('A model begins to come.', { ...ModelSchema.shape, from }),
  'model:initialization': data('The model that all begin with (round -1) came whole.', {
    ...ModelSchema.shape,
    from
  }),
  'model:update': data('A model of a round came whole.', { ...ModelSchema.shape, from }),
  'model:offer': data('A model came whole in an offer to join.', {
    ...ModelSchema.shape,
    from,
    fields: fieldsOf('offer', 'parameters').openapi({
      description: 'The fields of `offer` `offer_model` but `parameters`, see [Messages](#messages).'
    })
  }),
  'model:failed': data('A model that had begun to come did not come whole.', {
    ...ModelSchema.shape,
    from,
    error: error.openapi({ description: 'Why.' })
  }),
  'neighbour:update': data(
    'The set of neighbours changed. One whose link was lost is a neighbour until it is given up, unless `links.neighbourLoss` is `at-once`.',
    {
      peer,
      added: z
        .boolean()
        .openapi({ description: 'Whether the peer became a neighbour; false when it no longer is one.' }),
      neighbours
    }
  ),
  'neighbour:request': data(
    'A peer asks to become a neighbour, and `PUT /engine` has set `acceptNeighbours` to `ask`. Of the control API alone.',
    PendingRequestSchema.shape
  ),
  'peer:found': data('A member was seen on the LAN for the first time, or again after it had been gone.', {
    peer,
    multiaddrs: multiaddrs.openapi({ description: 'The addresses it announces.' })
  }),
  'peer:blacklisted': data('A peer was shut out.', { peer, reason, expiresAt: until }),
  'peer:graylisted': data('The score of a peer fell so low that what it sends is ignored.', {
    peer,
    score: z.number().openapi({ description: 'The score, as `nebula score` shows it.' }),
    reason
  }),
  'peer:recovered': data('The score of a peer rose again: what it sends is no longer ignored.', {
    peer,
    score: z.number().openapi({ description: 'The score, as `nebula score` shows it.' })
  }),
  'peer:disconnected': data('A peer is recently disconnected: it is neither dialled nor accepted.', {
    peer,
    reason,
    expiresAt: until
  }),
  'federation:ready': data('All neighbours have said `federation_ready`.', { neighbours }),
  'join:failed': data(
    'An address that was given could not be linked with. It is tried again. Of members that were found `warning` tells: `member-not-joined`.',
    {
      target: z.string().openapi({ description: 'A multiaddr or a PeerId.' }),
      error: error.openapi({ description: 'Why.' }),
      retryAt
    }
  ),
  'controller:registered': data(
    'The controller of NEBULA’s platform took the registration of this node.',
    {}
  ),
  'controller:continue': data('The controller lets the node continue.', {}),
  warning: data('Something changes what can be expected of the node. Told once, however long it lasts.', {
    ...WarningSchema.shape
  }),
  'warning:end': data('What a `warning` said is over; the fields are those of the warning.', {
    ...WarningSchema.shape
  })
} satisfies Record<OverlayEventName | 'ready' | 'dropped' | 'missed' | 'neighbour:request', z.ZodObject>

export type EventName = keyof typeof DATA

/** The data of an event, without its name and time. */
export type EventData<E extends EventName> = z.infer<(typeof DATA)[E]>

/** Each event whole, as it stands in a line or in the data of the stream. */
export const EVENT_SCHEMAS = Object.fromEntries(
  Object.entries<z.ZodObject>(DATA).map(([name, schema]) => [
    name,
    z
      .strictObject({
        event: z.literal(name).openapi({ description: 'The name of the event.' }),
        time: milliseconds.openapi({ description: 'When it was raised. Milliseconds since the Unix epoch.' }),
        ...schema.shape
      })
      .openapi(
        `Event ${name}`.replace(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase()),
        {
          description: schema.description
        }
      )
  ])
) as unknown as Record<EventName, z.ZodObject<{ event: z.ZodLiteral<string> }>>

/** Any of them. */
export const EventSchema = z
  .discriminatedUnion(
    'event',
    Object.values(EVENT_SCHEMAS) as [
      (typeof EVENT_SCHEMAS)[EventName],
      ...Array<(typeof EVENT_SCHEMAS)[EventName]>
    ]
  )
  .openapi('Event')

/** One for each type, by which `fields` of `message` can be checked once the type is known. */
export const MESSAGE_FIELD_SCHEMAS = Object.fromEntries(
  MESSAGE_TYPES.map((type) => [type, fieldsOf(type)])
) as Record<MessageType, ReturnType<typeof fieldsOf>>

function data<T extends z.ZodRawShape>(description: string, shape: T) {
  return z.strictObject(shape).describe(description)
}
