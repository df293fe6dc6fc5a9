/**
 * Strings in the `arguments` of one federation message. A frame has room for
 * half a million empty ones, which take a quarter of a second to read.
 */
export const MAX_ARGUMENTS = 4_096

/** `link` messages of one peer that are followed at the same time; each may dial `maxLinkMessageAddrs` peers. */
export const MAX_LINK_MESSAGES_FOLLOWED = 4
