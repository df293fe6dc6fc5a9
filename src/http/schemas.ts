/** What the routes take and give, for checking and for the OpenAPI document. */
import { z } from '@hono/zod-openapi'
import { MAX_JOIN_ADDRS } from './constants.ts'
import { fieldKinds } from './message-fields.ts'
import { DEFINITIONS, MESSAGE_TYPES } from '../messages/definitions.ts'
import type { FieldKind } from '../messages/definitions.ts'
import type { MessageType } from '../messages/types.ts'

const INT64_MAX = 2n ** 63n - 1n

const milliseconds = z.number().openapi({ description: 'Milliseconds since the Unix epoch.' })

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

export const LinkSchema = z
  .object({
    peer: PeerIdText,
    direct: z.boolean().openapi({ description: 'Whether the peer is a neighbour.' }),
    priority: PrioritySchema,
    direction: z.enum(['inbound', 'outbound']),
    address: MultiaddrText,
    proxy: z.boolean(),
    roles: z.array(z.string()),
    round: z.int().nullable(),
    agent: z.string(),
    openedAt: milliseconds,
    lastActivity: milliseconds,
    ready: z.boolean(),
    location: z.object({ latitude: z.number(), longitude: z.number() }).optional(),
    messagesSent: z.int(),
    messagesReceived: z.int(),
    bytesSent: z.int(),
    bytesReceived: z.int()
  })
  .openapi('Link')

export const WarningSchema = z
  .object({
    code: z.string(),
    subject: z.string().optional(),
    message: z.string(),
    since: milliseconds
  })
  .openapi('Warning')

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
  forced: z.boolean().default(false).openapi({ description: 'Whether the peer is blacklisted.' })
})

export const JoinSchema = z.strictObject({
  type: z.enum(['discover_join', 'discover_nodes']).default('discover_join'),
  addrs: z.array(MultiaddrText).min(1).max(MAX_JOIN_ADDRS).optional()
})

export const JoinResultSchema = z.object({ discoversSent: z.int(), linksMade: z.array(PeerIdText) })

export const FederationSchema = z.object({
  federation: z.string(),
  present: z.array(PeerIdText).openapi({ description: 'Members seen on the LAN and still there.' }),
  readyPeers: z.array(PeerIdText),
  ready: z.boolean()
})

export const BeaconSchema = z.object({
  running: z.boolean(),
  interval: z.int().openapi({ description: 'Milliseconds between two questions to the LAN.' })
})

export const BeaconChangeSchema = z.strictObject({
  running: z.boolean().optional(),
  interval: z
    .int()
    .min(100)
    .max(86_400_000)
    .optional()
    .openapi({ description: 'Milliseconds between two questions to the LAN.' })
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
  const fields = Object.fromEntries(
    Array.from(fieldKinds(type), ([name, kind]) => [name, FIELD_SCHEMAS[kind].optional()])
  )

  return z.strictObject({
    peer: PeerIdText,
    type: z.literal(type),
    action: z.enum(actions.length === 0 ? [''] : actions).optional(),
    fields: z.strictObject(fields).default({}),
    priority: PrioritySchema.default('medium'),
    via: PeerIdText.optional().openapi({
      description: 'A linked proxy to deliver by; `priority` has no effect then.'
    })
  })
}
