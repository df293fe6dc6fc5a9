/** Entries of the store that are kept in memory while the disk does not take them: more than peers that are known. */
export const MAX_UNSAVED_ENTRIES = 10_000
