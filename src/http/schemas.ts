/** What the routes take and give, for checking and for the OpenAPI document. */
import { z } from '@hono/zod-openapi'
import { LONGEST_BEACON_INTERVAL_MS, SHORTEST_BEACON_INTERVAL_MS } from '../discovery/constants.ts'
import { MAX_JOIN_ADDRS } from './constants.ts'
import { carriesModel, schemaName } from '../messages/field-names.ts'
import { fieldKinds } from './message-fields.ts'
import { DEFINITIONS, MESSAGE_TYPES } from '../messages/definitions.ts'
import { WARNING_CODES } from '../warnings/index.ts'
import type { FieldKind } from '../messages/definitions.ts'
import type { MessageType } from '../messages/types.ts'
import type { WarningCode } from '../warnings/index.ts'

const INT64_MAX = 2n ** 63n - 1n

const MILLISECONDS = 'Milliseconds since the Unix epoch.'

export const milliseconds = z.number().openapi({ description: MILLISECONDS })

export function count(description: string) {
  return z.int().min(0).openapi({ description })
}

export const PeerIdText = z.string().min(1).max(128).openapi({
  description: 'A PeerId in base58btc or as a CID.',
  example: '12D3KooWDpp7U7W9Q8feMZPPEpPP5FKXTUakLgnVLbavfjb9mzrT'
})

export const MultiaddrText = z
  .string()
  .min(1)
  .max(1024)
  .openapi({ description: 'A multiaddr.', example: '/ip4/192.168.1.20/tcp/4001' })

export const PrioritySchema = z.enum(['low', 'medium', 'high'])

export const ErrorSchema = z
  .object({
    error: z.object({
      name: z.string().openapi({ description: 'Stable; branch on it.', example: 'NotLinkedError' }),
      message: z.string(),
      reason: z.string().optional().openapi({ description: 'Why the peer refused.' })
    })
  })
  .openapi('Error')

const LocationSchema = z.object({ latitude: z.number(), longitude: z.number() })

export const LinkSchema = z
  .object({
    peer: PeerIdText,
    state: z.enum(['open', 'reconnecting', 'closed']).openapi({
      description:
        'Whether the link is there, was lost and is being made again, or has ended (in `link:close` only).'
    }),
    direct: z.boolean().openapi({ description: 'Whether the link makes the peer a neighbour.' }),
    priority: PrioritySchema.openapi({ description: 'How important this node holds the link.' }),
    direction: z.enum(['inbound', 'outbound']).openapi({ description: 'Which end’s attempt made the link.' }),
    address: MultiaddrText.openapi({ description: 'The address of the peer’s end of the connection.' }),
    proxy: z.boolean().openapi({ description: 'Whether the peer said that it is a proxy.' }),
    roles: z.array(z.string()).openapi({ description: 'What the peer said it is.' }),
    agent: z.string().openapi({ description: 'What the peer calls its program.' }),
    round: z.int().nullable().openapi({
      description:
        'The round the peer is in by the handshake, its messages and models; null before the first.'
    }),
    openedAt: milliseconds.openapi({ description: `When the link was made. ${MILLISECONDS}` }),
    lastActivity: milliseconds.openapi({
      description: `When a message other than \`alive\` last went over the link. ${MILLISECONDS}`
    }),
    ready: z
      .boolean()
      .openapi({ description: 'Whether the peer has said `federation_ready`, or was marked ready.' }),
    location: LocationSchema.optional().openapi({
      description: 'The peer’s last `discovery` `discover`, in degrees.'
    }),
    messagesSent: count('Messages that were written to the peer.'),
    messagesReceived: count('Messages that came from the peer.'),
    bytesSent: count('Bytes of those sent.'),
    bytesReceived: count('Bytes of those received.')
  })
  .openapi('Link')

export const WarningSchema = z
  .object({
    code: z
      .enum(Object.keys(WARNING_CODES) as [WarningCode, ...WarningCode[]])
      .openapi({ description: 'What it is about, by a code.' }),
    subject: z.string().optional().openapi({
      description: 'Which one, where there may be several of one code: an interface, an address, a PeerId.'
    }),
    message: z.string().openapi({ description: 'What is wrong and what to do about it.' }),
    since: milliseconds.openapi({ description: `When it began. ${MILLISECONDS}` })
  })
  .openapi('Warning')

export const ModelIdText = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .openapi({ description: 'The content id of a model, in hexadecimal.' })

export const WeightText = z
  .string()
  .regex(/^\d{1,19}$/)
  .refine((text) => BigInt(text) <= INT64_MAX, 'expected at most 2^63 - 1')
  .openapi({ description: 'A whole number from 0 to 2^63 - 1 in decimal.', example: '600' })

export const ModelSchema = z
  .object({
    id: ModelIdText,
    source: PeerIdText.openapi({ description: 'The PeerId of the node whose model it is.' }),
    kind: z.enum(['model', 'offer']).openapi({ description: 'Parameters, or the offer to join.' }),
    round: z.int().openapi({ description: 'The round; -1 for the model that all begin with.' }),
    weight: WeightText.openapi({ description: 'The samples behind it: 0 to 2^63 - 1, in decimal.' }),
    size: count('Bytes of the payload.'),
    encodedSize: count('Bytes as they travel.'),
    encoding: z
      .enum(['none', 'zstd', 'zlib', 'brotli'])
      .openapi({ description: 'How the payload is compressed on its way.' })
  })
  .openapi('Model')

export const NodeSchema = z
  .object({
    peerId: PeerIdText,
    federation: z.string(),
    multiaddrs: z.array(MultiaddrText),
    agent: z.string(),
    version: z.string(),
    startedAt: milliseconds,
    uptime: z.number().openapi({ description: 'Milliseconds.' }),
    links: z.int(),
    neighbours: z.int(),
    federationReady: z.boolean(),
    location: LocationSchema.nullable().openapi({
      description:
        'Where on earth the node is, in degrees, by its engine or its configuration; null where neither says.'
    }),
    warnings: z.array(WarningSchema).openapi({ description: 'Failures that have not ended.' })
  })
  .openapi('Node')

export const ConnectSchema = z.strictObject({
  multiaddr: MultiaddrText,
  direct: z.boolean().default(true),
  priority: PrioritySchema.default('medium')
})

export const DisconnectSchema = z.strictObject({
  peer: PeerIdText,
  mutual: z.boolean().default(true).openapi({ description: 'Whether the peer is told.' }),
  forced: z.boolean().default(false).openapi({ description: 'Whether the peer is blacklisted.' }),
  restrict: z
    .boolean()
    .default(true)
    .openapi({ description: 'Whether the peer is neither dialled nor accepted for a while.' })
})

export const ReadySchema = z.strictObject({ peer: PeerIdText })

export const JoinSchema = z.strictObject({
  type: z.enum(['discover_join', 'discover_nodes']).default('discover_join'),
  addrs: z.array(MultiaddrText).min(1).max(MAX_JOIN_ADDRS).optional()
})

export const JoinResultSchema = z.object({
  discoversSent: z
    .int()
    .openapi({ description: 'Members that got the discover message; neighbours get none.' }),
  linksMade: z.array(PeerIdText),
  linksKept: z.array(PeerIdText).openapi({ description: 'Members that had a link already.' }),
  leftOut: z.array(
    z.object({
      member: z.array(z.string()).openapi({ description: 'Its addresses, or its PeerId.' }),
      reason: z.enum(['self', 'blacklisted', 'recently-disconnected', 'failed']),
      error: z.object({ name: z.string(), message: z.string() }).optional()
    })
  )
})

export const FederationSchema = z.object({
  federation: z.string(),
  present: z.array(PeerIdText).openapi({ description: 'Members seen on the LAN and still there.' }),
  readyPeers: z
    .array(PeerIdText)
    .openapi({ description: 'Linked peers that have said `federation_ready`, or were marked ready.' }),
  learningPeers: z
    .array(PeerIdText)
    .openapi({ description: 'Linked peers that have begun round 0 or later.' }),
  ready: z.boolean()
})

const INTERVAL = 'Milliseconds between two announcements, and between two questions to the LAN.'

export const BeaconSchema = z.object({
  running: z.boolean().openapi({ description: 'Whether the node announces itself.' }),
  interval: z.int().openapi({ description: INTERVAL })
})

export const BeaconChangeSchema = z.strictObject({
  running: z.boolean().optional(),
  interval: z
    .int()
    .min(SHORTEST_BEACON_INTERVAL_MS)
    .max(LONGEST_BEACON_INTERVAL_MS)
    .optional()
    .openapi({ description: INTERVAL })
})

export const ExternalConnectionServiceSchema = z.strictObject({
  running: z.boolean().openapi({
    description: 'Whether the node looks for others on the LAN, and answers those that look for it.'
  })
})

export const RestrictionSchema = z
  .object({
    peer: PeerIdText,
    kind: z.enum(['blacklisted', 'recently-disconnected']),
    reason: z.string(),
    expiresAt: milliseconds
  })
  .openapi('Restriction')

export const AddressText = z.string().min(2).max(64).openapi({
  description: 'An IP address or a subnet.',
  example: '203.0.113.0/24'
})

export const BlockedAddressSchema = z
  .object({
    address: AddressText,
    reason: z.string(),
    expiresAt: milliseconds.nullable().openapi({ description: 'null for one of the configuration.' })
  })
  .openapi('BlockedAddress')

const grounds = {
  reason: z.string().max(256).optional(),
  ttl: z
    .int()
    .min(1)
    .max(2_147_483_647)
    .optional()
    .openapi({ description: 'Milliseconds; as configured by default.' })
}

export const RestrictSchema = z.union([
  z.strictObject({ peer: PeerIdText, ...grounds }),
  z.strictObject({ address: AddressText, ...grounds })
])

export const ScoreSchema = z
  .object({
    peer: PeerIdText,
    score: z.number().openapi({ description: '0 for a peer that is not known, negative for misconduct.' }),
    state: z.enum(['good', 'graylisted', 'blacklisted']),
    terms: z.array(
      z.object({
        name: z.string(),
        counter: z.number().openapi({ description: 'What was counted, after decay.' }),
        threshold: z.number(),
        cap: z.number(),
        weight: z.number(),
        contribution: z.number().openapi({ description: 'What the term adds to the score.' })
      })
    )
  })
  .openapi('Score')

const FIELD_SCHEMAS: Record<FieldKind, z.ZodType> = {
  string: z.string(),
  float: z.number(),
  int32: z.int32(),
  int64: z
    .string()
    .regex(/^\d{1,19}$/)
    .refine((text) => /^\d{1,19}$/.test(text) && BigInt(text) <= INT64_MAX)
    .openapi({ description: 'A whole number from 0 to 2^63 - 1 in decimal.', example: '600' }),
  bytes: z.base64().openapi({ description: 'Bytes in base64.' }),
  strings: z.array(z.string()).max(1024)
}

/** One schema a message type, told apart by `type`. */
export const SendSchema = z
  .discriminatedUnion('type', MESSAGE_TYPES.map(sendSchemaOf) as [ReturnType<typeof sendSchemaOf>])
  .openapi('Send')

function sendSchemaOf(type: MessageType) {
  const { actions } = DEFINITIONS[type]

  return z
    .strictObject({
      peer: PeerIdText,
      type: z.literal(type),
      action: z.enum(actions.length === 0 ? [''] : actions).optional(),
      fields: fieldsSchemaOf(type).default({}),
      priority: PrioritySchema.default('medium'),
      via: PeerIdText.optional().openapi({
        description: 'A linked proxy to deliver by; `priority` has no effect then.'
      })
    })
    .refine(({ action, fields }) => !carriesModel(type, action) || 'parameters' in fields, {
      path: ['fields', 'parameters'],
      message: 'is the model, and needed'
    })
}

/** Each field by its own name and by that of `nebula.proto`. */
function fieldsSchemaOf(type: MessageType) {
  const names = Array.from(fieldKinds(type), ([name, kind]) => ({ name, alias: schemaName(name), kind }))
  const fields = Object.fromEntries(
    names.flatMap(({ name, alias, kind }) => {
      const schema = FIELD_SCHEMAS[kind].optional()

      return alias === name
        ? [[name, schema]]
        : [
            [name, schema],
            [alias, schema.openapi({ description: `The same as \`${name}\`.` })]
          ]
    })
  )

  return z
    .strictObject(fields)
    .refine(
      (given) => names.every(({ name, alias }) => alias === name || !(name in given && alias in given)),
      {
        message: 'a field is given by both of its names'
      }
    )
}

export const PendingRequestSchema = z
  .object({
    id: z.uuid().openapi({ description: 'What the answer names.' }),
    peer: PeerIdText.openapi({ description: 'The PeerId of the peer.' }),
    kind: z.enum(['late_connect', 'restructure']).openapi({
      description: 'Whether it comes to the federation, or is in it and looks for better neighbours.'
    }),
    expiresAt: milliseconds.openapi({
      description: 'When the peer is accepted without an answer. Milliseconds since the Unix epoch.'
    })
  })
  .openapi('NeighbourRequest')
