import type { WARNING_CODES } from './codes.ts'

/** What a warning is about. */
export type WarningCode = keyof typeof WARNING_CODES

/** Something that changes what a user can expect of this node, as long as it lasts. */
export interface Warning {
  code: WarningCode
  /** What it is about where there may be several of one code: an interface, an address, a PeerId. */
  subject?: string
  /** What is wrong and what to do about it. */
  message: string
  /** When it was raised, in milliseconds since the Unix epoch. */
  since: number
  error?: Error
}
