/** Milliseconds between two questions to the controller (seed: 1 s). */
export const CONTROLLER_POLL_INTERVAL_MS = 1_000

/** Milliseconds the controller may take to answer one request. */
export const CONTROLLER_TIMEOUT_MS = 10_000
