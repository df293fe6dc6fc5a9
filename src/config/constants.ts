/** Defaults of what the node is built from: connections, muxer, relay, control API. A part's own defaults stand with the part. */
import { MAX_LINKS } from '../links/constants.ts'

export const FEDERATION = 'nebula'

export const LISTEN = ['/ip4/0.0.0.0/tcp/0', '/ip4/0.0.0.0/tcp/0/ws']

/** Above the links, so that a connection that is surplus, or has no link yet, is not refused for want of room. */
export const MAX_CONNECTIONS = MAX_LINKS + 200

/** Percent of the connections above which idle ones are closed: what is left is more than one host may open in a second. */
export const MAX_IDLE_PERCENT = 90

/** Milliseconds a connection may be idle where they are closed. A peer that wants a link says so in a round trip. */
export const CONNECTION_IDLE_TIMEOUT_MS = 10_000

/** Peers that are remembered, in memory and on disk: all that are linked and as many that were. */
export const MAX_KNOWN_PEERS = 2_000

/** Milliseconds for which a peer is remembered that never had a link. Identify may write for five seconds after its connection has closed. */
export const STRANGER_TTL_MS = 10_000

/** As libp2p's own default. */
export const MAX_PARALLEL_DIALS = 100

/** libp2p's default of 5 a second per host refuses nodes that share a machine or a NAT. */
export const INBOUND_PER_SECOND = 100

/** libp2p's default of 10 refuses a federation that starts together. */
export const MAX_INCOMING_PENDING = 64

/** As libp2p's own default. */
export const MAX_PEER_ADDRS_TO_DIAL = 25

/** Streams of one connection over all protocols; each protocol holds a lower bound of its own. */
export const MAX_STREAMS_PER_CONNECTION = 256

/** Yamux's first window, below which it cannot go. */
export const MIN_STREAM_WINDOW_BYTES = 262_144

/** Bounds the frame of a bulk stream, behind which control messages wait. */
export const MAX_STREAM_WINDOW_BYTES = 1_048_576

/** As libp2p's own default. Above the window, or a paused stream is reset by what is still under way. */
export const MAX_READ_BUFFER_BYTES = 4 * 1_048_576

/** As libp2p's own default. */
export const PING_INTERVAL_MS = 10_000

/** Long enough for an event loop that is busy with learning; libp2p's 5 s is not. */
export const PING_TIMEOUT_MS = 30_000

/** Reservations of a relay; libp2p's 15 is less than a small federation. */
export const MAX_RESERVATIONS = 128

/** Relayed connections that one client has dialled; libp2p's default for the streams of any protocol. */
export const MAX_RELAYED_PER_CLIENT = 32

/** Relayed connections to one node. All of a small federation may want one; libp2p's 300 lets one node fill a relay. */
export const MAX_RELAYED_PER_TARGET = 128

/** As libp2p's own defaults (the circuit relay v2 specification's resource limits). */
export const RESERVATION_TTL_MS = 7_200_000
export const RELAYED_CONNECTION_MS = 120_000
export const RELAYED_CONNECTION_BYTES = 131_072
export const HOP_TIMEOUT_MS = 30_000

export const HTTP_HOST = '127.0.0.1'
export const LOOPBACK_HOSTS = ['127.0.0.1', '::1', 'localhost']

/** Bytes of a request's body. The longest sensible one is a `send` with its fields. */
export const HTTP_MAX_BODY_BYTES = 65_536

/** Open connections; further ones are closed as they come. */
export const HTTP_MAX_CONNECTIONS = 64

/** Clients of the event stream. Each holds a connection and may hold a buffer. */
export const HTTP_MAX_EVENT_CLIENTS = 16

/**
 * Bytes that may wait for one client of the event stream; one who falls
 * further behind is dropped. More than the longest event takes: a message of
 * 1 MiB whose every byte JSON writes as `\u0000`.
 */
export const HTTP_MAX_EVENT_BUFFER_BYTES = 8 * 1_048_576

/** Milliseconds the whole node may take to stop before it is left to the end of the process. */
export const STOP_TIMEOUT_MS = 5_000

/** Bytes of a configuration file. */
export const MAX_FILE_BYTES = 262_144

/** No count of this overlay has a use beyond it. */
export const MAX_COUNT = 1_000_000

/** A timer of Node.js that waits longer fires at once. */
export const MAX_DURATION_MS = 2_147_483_647

/** Yamux holds a window in 32 bits. */
export const MAX_SIZE_BYTES = 4_294_967_295
