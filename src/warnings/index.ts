/** Failures that change what the user can expect: told once on stderr, as an event and as a metric. */
export { WARNING_CODES } from './codes.ts'
export { Warnings } from './warnings.ts'
export type { Warning, WarningCode } from './types.ts'
