/**
 * Strings in the `arguments` of one federation message. A frame has room for
 * half a million empty ones, which take a quarter of a second to read.
 */
export const MAX_ARGUMENTS = 4_096

/** `link` messages of one peer that are followed at the same time; each may dial `maxLinkMessageAddrs` peers. */
export const MAX_LINK_MESSAGES_FOLLOWED = 4

/** `link` messages of one peer that are followed in a minute: each can make this node dial addresses of its choice. */
export const MAX_LINK_MESSAGES_PER_MINUTE = 10

/** Characters of one target in a `link` message; one that is longer is no address of a node. */
export const MAX_LINK_MESSAGE_ADDR_LENGTH = 512

/** Dials in a minute that `link` messages may cause, whoever sends them; as many may come at once. */
export const MAX_LINK_MESSAGE_DIALS_PER_MINUTE = 60

/** Dials of one host in a minute, for the same reason, that make no link: the peers of one message may share a machine. */
export const MAX_LINK_MESSAGE_DIALS_PER_HOST = 16

/** Milliseconds before a target that could not be linked is tried again because a `link` message names it. */
export const LINK_MESSAGE_RETRY_MS = 60_000

/** Messages remembered (seed: `max_local_messages`). */
export const MAX_LOCAL_MESSAGES = 10_000

/** Milliseconds for which a message is remembered at most: longer than any path through a federation takes. */
export const SEEN_TTL_MS = 600_000

/** Senders remembered of one message, so that one that sends it again is known. */
export const MAX_SENDERS = 64

/** Sequence numbers behind the newest that are still told apart. */
export const REPLAY_WINDOW = 1_024

/** Origins whose windows are kept; the one unheard the longest makes room. */
export const MAX_REPLAY_ORIGINS = 10_000

/** Origins whose PeerIds are at hand; beyond a federation's links there is little to gain. */
export const MAX_CACHED_ORIGINS = 1_024

/** Signatures verified in a second on the event loop, where it takes a third less CPU; the others on Node.js' threads. */
export const PROMPT_VERIFICATIONS_PER_SECOND = 500

/** As many of them at once. Six milliseconds. */
export const PROMPT_VERIFICATIONS = 50

/** Milliseconds that a stop waits for what was sent before the goodbyes to leave and be acknowledged. */
export const STOP_SENDING_TIMEOUT_MS = 1_000

/** Milliseconds until a request of the application must be replied to. */
export const APP_REQUEST_TIMEOUT_MS = 30_000

/** Requests of the application that wait for their replies. */
export const MAX_PENDING_APP_REQUESTS = 1_024
