/** The bounds that the configuration knows. */
export {
  HTTP_MAX_BODY_BYTES as MAX_BODY_BYTES,
  HTTP_MAX_CONNECTIONS as MAX_CONNECTIONS,
  HTTP_MAX_EVENT_BUFFER_BYTES as MAX_EVENT_BUFFER_BYTES,
  HTTP_MAX_EVENT_CLIENTS as MAX_EVENT_CLIENTS
} from '../config/constants.ts'

/** Where the routes begin. */
export const API_BASE = '/api/v1'

/** Loopback, and a port the system picks. */
export const DEFAULT_HOST = '127.0.0.1'
export const DEFAULT_PORT = 0

/** Bytes of a request's head, and headers in it. */
export const MAX_HEADER_BYTES = 16_384
export const MAX_HEADERS = 64

/** Milliseconds between two comments that keep a silent event stream open. */
export const HEARTBEAT_INTERVAL_MS = 15_000

/** Events that are kept for clients that resume, and characters of them together. */
export const MAX_LOGGED_EVENTS = 1_000
export const MAX_LOGGED_EVENT_BYTES = 8_388_608

/** Milliseconds a request for events waits for the first of them. */
export const MAX_EVENT_WAIT_MS = 120_000

/** Milliseconds a request's head may take to arrive. */
export const HEADERS_TIMEOUT_MS = 5_000

/** Milliseconds a whole request may take to arrive, but an upload. */
export const REQUEST_TIMEOUT_MS = 10_000

/** Milliseconds an upload may take, and for which nothing of it may come. */
export const UPLOAD_TIMEOUT_MS = 3_600_000
export const UPLOAD_IDLE_MS = 60_000

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

/** Characters of the topic of a request. */
export const MAX_TOPIC_LENGTH = 256
