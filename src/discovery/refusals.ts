/** Refusals that trying again soon does not change. */
export const LASTING: ReadonlySet<string> = new Set([
  'FEDERATION_MISMATCH',
  'SELF',
  'LEARNING_FINISHED',
  'KEY_NOT_IN_PEER_ID'
])

/** Refusals that one of the two wanted, so that they are no trouble to tell of. */
export const WANTED: ReadonlySet<string> = new Set([
  'SELF',
  'LEARNING_FINISHED',
  'RECENTLY_DISCONNECTED',
  'BLACKLISTED',
  'SHUTTING_DOWN'
])

/** Refusals after which a lost link is no longer waited for. */
export const ENDS_RECONNECT: ReadonlySet<string> = new Set([...LASTING, 'BLACKLISTED'])
