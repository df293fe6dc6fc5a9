/** Where the routes begin. */
export const API_BASE = '/api/v1'

/** Loopback, and a port the system picks. */
export const DEFAULT_HOST = '127.0.0.1'
export const DEFAULT_PORT = 0

/** Bytes of a request's body. The longest sensible one is a `send` with its fields. */
export const MAX_BODY_BYTES = 65_536

/** Bytes of a request's head, and headers in it. */
export const MAX_HEADER_BYTES = 16_384
export const MAX_HEADERS = 64

/** Open connections; further ones are closed as they come. */
export const MAX_CONNECTIONS = 64

/** Clients of the event stream. Each holds a connection and may hold a buffer. */
export const MAX_EVENT_CLIENTS = 16

/**
 * Bytes that may wait for one client of the event stream; one who falls
 * further behind is dropped. More than the longest event takes: a message of
 * 1 MiB whose every byte JSON writes as `\u0000`.
 */
export const MAX_EVENT_BUFFER_BYTES = 8 * 1_048_576

/** Milliseconds between two comments that keep a silent event stream open. */
export const HEARTBEAT_INTERVAL_MS = 15_000

/** Milliseconds a request's head may take to arrive. */
export const HEADERS_TIMEOUT_MS = 5_000

/** Milliseconds a whole request may take to arrive. */
export const REQUEST_TIMEOUT_MS = 10_000

/** Milliseconds an idle connection is kept. */
export const KEEP_ALIVE_TIMEOUT_MS = 5_000

/** Milliseconds between two looks for connections that are past those times. */
export const TIMEOUT_CHECK_INTERVAL_MS = 1_000

/** Milliseconds what a request asks for may take; longer than a dial and a handshake with all their attempts. */
export const OPERATION_TIMEOUT_MS = 60_000

/** Milliseconds that sending or saving a model may take. */
export const MODEL_TIMEOUT_MS = 3_600_000

/** Characters of the path of a file. */
export const MAX_PATH_LENGTH = 4_096

/** Milliseconds a stop waits for answers that are under way. */
export const STOP_GRACE_MS = 500

/** Random bytes of the bearer token. */
export const TOKEN_BYTES = 32

/** Addresses a `join` may name. */
export const MAX_JOIN_ADDRS = 64

/** Bytes up to which an event shows a field of bytes; of a longer one it tells the length. */
export const MAX_SHOWN_BYTES = 1_024
