/**
 * The configuration of a node. This schema is the one source of its keys,
 * types, defaults, documentation and errors.
 */
import { z } from 'zod'
import {
  FEDERATION_PATTERN,
  MAX_FEDERATION_LENGTH,
  MAX_ROLES,
  MAX_ROLE_LENGTH
} from '../../protocols/handshake/limits.ts'
import { FEDERATION, LISTEN, STOP_TIMEOUT_MS } from './constants.ts'
import { choices, duration, flag, multiaddrs, names, optionalText, orNull, text } from './fields.ts'
import {
  ADDRESS_BEGINNING,
  ANNOUNCE_ADDRESS,
  DIAL_ADDRESS,
  LISTEN_ADDRESS,
  PEER_ADDRESS,
  TRANSPORTS
} from './multiaddrs.ts'
import { limitsSchema } from './limits-schema.ts'
import { libp2pSchema } from './libp2p-schema.ts'
import { locationSchema } from './location-schema.ts'
import { lateJoinSchema } from './late-join-schema.ts'
import { mdnsSchema } from './mdns-schema.ts'
import { modelsSchema } from './models-schema.ts'
import { connectionsSchema, httpSchema, metricsSchema, relaySchema } from './node-schema.ts'
import { propagationSchema } from './propagation-schema.ts'
import { scoreSchema } from './score-schema.ts'
import {
  controllerSchema,
  forwardingSchema,
  joiningSchema,
  linksSchema,
  messagesSchema,
  restrictionsSchema
} from './overlay-schema.ts'
import { proxyingSchema } from './proxying-schema.ts'

const ROLE_PATTERN = new RegExp(`^[A-Za-z0-9_.:-]{1,${MAX_ROLE_LENGTH}}$`)

/** Every key by itself. What one key demands of another is in `relations.ts`. */
export const keysSchema = z.strictObject({
  federation: text(
    'name',
    `1 to ${MAX_FEDERATION_LENGTH} letters, digits and hyphens, neither first nor last a hyphen`,
    (value) => FEDERATION_PATTERN.test(value)
  )
    .default(FEDERATION)
    .describe('Name under which nodes find each other. Nodes of different federations never link.'),
  dataDir: optionalText(
    'directory',
    'the path of a directory, without a leading ~',
    (value) => value !== '' && !value.startsWith('~') && !value.includes('\0')
  )
    .default(null)
    .describe(
      'Where the key, known peers and the blacklist are kept; null keeps nothing, so that each start has a new PeerId. A relative path starts at the working directory.'
    ),
  listen: multiaddrs(LISTEN_ADDRESS)
    .default(LISTEN)
    .describe(
      'Addresses to listen on, TCP or WebSocket; port 0 takes any that is free. A relay followed by /p2p-circuit may be down: it is asked until the node has its reservation, and again when that is lost.'
    ),
  announce: multiaddrs(ANNOUNCE_ADDRESS)
    .default([])
    .describe('Addresses to tell others instead of those listened on.'),
  appendAnnounce: multiaddrs(ANNOUNCE_ADDRESS)
    .default([])
    .describe('Addresses to tell others beside those listened on.'),
  noAnnounce: multiaddrs(ADDRESS_BEGINNING)
    .default([])
    .describe('Addresses, or beginnings of them such as /ip4/172.17.0.1, never told to others.'),
  dial: multiaddrs(DIAL_ADDRESS)
    .default([])
    .describe('Nodes to hold an undirected link with; redialled when it is lost.'),
  direct: multiaddrs(DIAL_ADDRESS)
    .default([])
    .describe('Nodes to hold a direct link with, as neighbours; redialled when it is lost.'),
  waitForDirect: orNull(duration())
    .default(null)
    .describe(
      'In which time all nodes of `direct` are to be linked: the start ends when they are, and fails when some are missing then. null does not wait.'
    ),
  bootstrap: multiaddrs(PEER_ADDRESS)
    .default([])
    .describe('Nodes known to libp2p from the start, each with its /p2p/ID; treated as found on the LAN.'),
  proxy: flag()
    .default(false)
    .describe(
      'Whether this node passes on messages (`forwarding.types`) and models, delivers to named peers, and relays connections.'
    ),
  roles: names(ROLE_PATTERN, `1 to ${MAX_ROLE_LENGTH} letters, digits and _ . : -`, { max: MAX_ROLES })
    .default([])
    .describe('Roles of this node in the federation, told to linked peers.'),
  location: locationSchema,
  transports: choices(TRANSPORTS, { max: TRANSPORTS.length })
    .default([...TRANSPORTS])
    .describe(
      'Ways to reach other nodes and to be reached. `listen` and the addresses to dial need theirs, here or in `libp2p.module`.'
    ),
  encryption: choices(['tls', 'noise'], { max: 2 })
    .default(['noise', 'tls'])
    .describe(
      'Ways to secure a connection, in order of preference; that of the node that dials counts. Noise has no notion of time. TLS is faster where the processor has AES instructions.'
    ),
  stopTimeout: duration().default(STOP_TIMEOUT_MS).describe('How long the whole node may take to stop.'),
  mdns: mdnsSchema,
  joining: joiningSchema,
  lateJoin: lateJoinSchema,
  links: linksSchema,
  messages: messagesSchema,
  models: modelsSchema,
  propagation: propagationSchema,
  forwarding: forwardingSchema,
  proxying: proxyingSchema,
  limits: limitsSchema,
  restrictions: restrictionsSchema,
  score: scoreSchema,
  controller: controllerSchema,
  libp2p: libp2pSchema,
  connections: connectionsSchema,
  relay: relaySchema,
  metrics: metricsSchema,
  http: httpSchema
})

/** A whole configuration: plain data, durations in milliseconds, sizes in bytes, multiaddrs as text. */
export type Config = z.output<typeof keysSchema>

/** A configuration as it is written: every key may be left out, durations and sizes may have units. */
export type ConfigInput = z.input<typeof keysSchema>
