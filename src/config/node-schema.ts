/** The keys of what the overlay stands on: libp2p's connections, the relay, the control API. */
import { z } from 'zod'
import {
  CONNECTION_IDLE_TIMEOUT_MS,
  HOP_TIMEOUT_MS,
  HTTP_HOST,
  HTTP_MAX_BODY_BYTES,
  HTTP_MAX_CONNECTIONS,
  HTTP_MAX_EVENT_BUFFER_BYTES,
  HTTP_MAX_EVENT_CLIENTS,
  INBOUND_PER_SECOND,
  LOOPBACK_HOSTS,
  MAX_CONNECTIONS,
  MAX_IDLE_PERCENT,
  MAX_INCOMING_PENDING,
  MAX_KNOWN_PEERS,
  MAX_PARALLEL_DIALS,
  MAX_PEER_ADDRS_TO_DIAL,
  MAX_READ_BUFFER_BYTES,
  MAX_RELAYED_PER_CLIENT,
  MAX_RELAYED_PER_TARGET,
  MAX_RESERVATIONS,
  MAX_STREAMS_PER_CONNECTION,
  MAX_STREAM_WINDOW_BYTES,
  MIN_STREAM_WINDOW_BYTES,
  PING_INTERVAL_MS,
  PING_TIMEOUT_MS,
  RELAYED_CONNECTION_BYTES,
  RELAYED_CONNECTION_MS,
  RESERVATION_TTL_MS,
  STRANGER_TTL_MS
} from './constants.ts'
import { count, duration, flag, flagOrAuto, size, text } from './fields.ts'

export const connectionsSchema = z
  .strictObject({
    maxConnections: count()
      .default(MAX_CONNECTIONS)
      .describe('Connections above which further ones from other nodes are refused.'),
    maxIdlePercent: count({ max: 99 })
      .default(MAX_IDLE_PERCENT)
      .describe(
        'Percent of `maxConnections` above which connections of others that nobody uses are closed, the longest idle of the host with the most first.'
      ),
    idleTimeout: duration()
      .default(CONNECTION_IDLE_TIMEOUT_MS)
      .describe(
        'How long such a connection is left open in any case, unless half of the room above `maxIdlePercent` is taken too.'
      ),
    maxKnownPeers: count()
      .default(MAX_KNOWN_PEERS)
      .describe(
        'Peers remembered, also in `dataDir`; strangers make room first, then those unseen the longest, none that is connected, configured or being dialled again.'
      ),
    strangerTtl: duration()
      .default(STRANGER_TTL_MS)
      .describe('How long a peer that never had a link is remembered after its last connection has closed.'),
    maxParallelDials: count()
      .default(MAX_PARALLEL_DIALS)
      .describe('Peers that are being dialled at the same time.'),
    maxPeerAddrsToDial: count()
      .default(MAX_PEER_ADDRS_TO_DIAL)
      .describe('Multiaddrs of one peer that are tried.'),
    inboundPerSecond: count()
      .default(INBOUND_PER_SECOND)
      .describe('Connections accepted in a second from one host.'),
    maxIncomingPending: count()
      .default(MAX_INCOMING_PENDING)
      .describe(
        'Connections of other nodes that are being secured at the same time, and WebSocket sockets that have said nothing yet; above it the host with the most loses its oldest.'
      ),
    maxInboundStreams: count({ min: 16 })
      .default(MAX_STREAMS_PER_CONNECTION)
      .describe('Streams of all protocols the peer may have open on one connection.'),
    maxOutboundStreams: count({ min: 16 })
      .default(MAX_STREAMS_PER_CONNECTION)
      .describe('Streams of all protocols this node may have open on one connection.'),
    maxStreamWindowBytes: size({ min: MIN_STREAM_WINDOW_BYTES })
      .default(MAX_STREAM_WINDOW_BYTES)
      .describe(
        'What a peer may send on one stream before it is read. Throughput over a slow path is at most this per round trip.'
      ),
    maxReadBufferBytes: size()
      .default(MAX_READ_BUFFER_BYTES)
      .describe('What is held of one stream that is not read; more resets it. Greater than the window.'),
    pingInterval: duration({ min: 100 })
      .default(PING_INTERVAL_MS)
      .describe('Time between two pings on each connection.'),
    pingTimeout: duration()
      .default(PING_TIMEOUT_MS)
      .describe('How long a ping may stay unanswered before the connection is ended.')
  })
  .prefault({})
  .describe('libp2p connections and their streams.')

export const relaySchema = z
  .strictObject({
    server: flagOrAuto()
      .default('auto')
      .describe('Whether to relay for nodes that cannot be reached otherwise; "auto": when `proxy` is true.'),
    maxReservations: count()
      .default(MAX_RESERVATIONS)
      .describe('Nodes that may be reached through this one.'),
    reservationTtl: duration({ min: 60_000 })
      .default(RESERVATION_TTL_MS)
      .describe('How long a reservation holds before it has to be renewed.'),
    maxConnectionsPerClient: count()
      .default(MAX_RELAYED_PER_CLIENT)
      .describe('Connections and requests of one client that are relayed at the same time.'),
    maxConnectionsPerTarget: count()
      .default(MAX_RELAYED_PER_TARGET)
      .describe('Connections that are relayed to one node at the same time.'),
    hopTimeout: duration()
      .default(HOP_TIMEOUT_MS)
      .describe('How long a request to relay may take to be answered.'),
    limited: flag()
      .default(false)
      .describe(
        'Whether relayed connections end at `maxDuration` and `maxBytes`. Links outlast such limits.'
      ),
    maxDuration: duration()
      .default(RELAYED_CONNECTION_MS)
      .describe('How long a relayed connection may last when `limited`.'),
    maxBytes: size()
      .default(RELAYED_CONNECTION_BYTES)
      .describe('What a relayed connection may carry each way when `limited`.')
  })
  .prefault({})
  .describe('Relaying for other nodes (circuit relay v2).')

export const metricsSchema = z
  .strictObject({
    enabled: flag()
      .default(true)
      .describe('Whether counters and measures are kept; the control API serves them at /metrics.')
  })
  .prefault({})
  .describe('Metrics for Prometheus.')

export const httpSchema = z
  .strictObject({
    enabled: flag().default(true).describe('Whether the command serves its control API.'),
    host: text(
      'loopback host',
      'a loopback host: 127.0.0.1, ::1 or localhost (to reach it from elsewhere use an SSH tunnel)',
      (value) => LOOPBACK_HOSTS.includes(value)
    )
      .default(HTTP_HOST)
      .describe('Host the server listens on.'),
    port: count({ min: 0, max: 65_535 })
      .default(0)
      .describe('Port the server listens on; 0 takes any that is free.'),
    socket: flag()
      .default(true)
      .describe(
        'Whether the server listens on the Unix socket `control.sock` of the data directory, too. Not on Windows.'
      ),
    maxConnections: count()
      .default(HTTP_MAX_CONNECTIONS)
      .describe('Open connections of clients; further ones are closed.'),
    maxBodyBytes: size().default(HTTP_MAX_BODY_BYTES).describe('Bytes of the body of a request.'),
    maxEventClients: count({ min: 0 })
      .default(HTTP_MAX_EVENT_CLIENTS)
      .describe('Clients that may follow the events at the same time.'),
    maxEventBufferBytes: size()
      .default(HTTP_MAX_EVENT_BUFFER_BYTES)
      .describe('What may wait for one client that follows the events; one further behind is dropped.')
  })
  .prefault({})
  .describe('The control API of the `nebula` command.')
