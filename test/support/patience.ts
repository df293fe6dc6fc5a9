/**
 * How long a test waits for what other nodes, processes or the system are to
 * do, in milliseconds. It is far above what any of it takes, on a machine whose
 * processors are busy too: only what never comes runs into it.
 */
export const PATIENCE_MS = 120_000
