export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
  /** What is written and not taken yet; of a stream. */
  readonly writableLength?: number
  once?(event: 'drain', listener: () => void): unknown
  off?(event: 'drain', listener: () => void): unknown
}

/** What a command sees of the process. */
export interface Context {
  stdout: Output
  stderr: Output
  env: Readonly<Record<string, string | undefined>>
  /** Resolves when nobody reads what is written any more. */
  outputClosed: Promise<void>
}
