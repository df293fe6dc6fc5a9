/** Milliseconds a peer stays on the blacklist (seed: 240 s). */
export const BLACKLIST_TTL_MS = 240_000

/** Milliseconds a peer stays recently disconnected (seed: 60 s). */
export const RECENTLY_DISCONNECTED_TTL_MS = 60_000

/** Entries of both kinds; the one that would expire first makes room. */
export const MAX_RESTRICTIONS = 10_000

/** IP addresses and subnets beside those of the configuration; the one that would expire first makes room. */
export const MAX_BLOCKED_ADDRESSES = 1_000

/** Characters kept of the reason of an entry, which may quote what a peer sent. */
export const MAX_REASON_LENGTH = 256
