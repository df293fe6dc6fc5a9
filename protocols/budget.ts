/** Memory that buffers share; each tells what it holds, and heeds when it is too much together. */
export interface Budget {
  /** Notes that a buffer holds so many bytes more, or fewer when negative. */
  add(bytes: number): void
  /** Whether buffers hold as much as they may: nothing is to be read that can wait. */
  readonly exhausted: boolean
}

/** For a buffer that nothing bounds but itself. */
export const UNLIMITED: Budget = { add: () => {}, exhausted: false }
