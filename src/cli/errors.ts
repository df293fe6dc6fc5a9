/** The command line is wrong. */
export const EXIT_USAGE = 2
/** Anything else went wrong. */
export const EXIT_FAILURE = 1

/** A value on the command line is not what the flag or argument takes. */
export class UsageError extends Error {
  static override name = 'UsageError'
  override name = 'UsageError'
  /** What to show below the error. */
  readonly help: string

  constructor(message: string, options: ErrorOptions & { help?: string } = {}) {
    super(message, options)
    this.help = options.help ?? ''
  }
}

export class NoNodeRunningError extends Error {
  static override name = 'NoNodeRunningError'
  override name = 'NoNodeRunningError'

  constructor(dataDir: string, options?: ErrorOptions) {
    super(`no node is running on ${dataDir}`, options)
  }
}

/** There is a node, but its control API has no time or no connection to spare. */
export class NoAnswerError extends Error {
  static override name = 'NoAnswerError'
  override name = 'NoAnswerError'

  constructor(dataDir: string, pid: number, options?: ErrorOptions) {
    super(`the node (pid ${pid}) on ${dataDir} does not answer`, options)
  }
}

export class TokenError extends Error {
  static override name = 'TokenError'
  override name = 'TokenError'
}

/** The node answered that it could not do what was asked. */
export class ControlApiError extends Error {
  static override name = 'ControlApiError'
  override name = 'ControlApiError'
  readonly status: number
  readonly reason?: string

  constructor(message: string, { status, reason }: { status: number; reason?: string }) {
    super(reason == null || message.includes(reason) ? message : `${message} (${reason})`)
    this.status = status
    this.reason = reason
  }
}

export class PeerNotFoundError extends Error {
  static override name = 'PeerNotFoundError'
  override name = 'PeerNotFoundError'
}

export class ModelNotFoundError extends Error {
  static override name = 'ModelNotFoundError'
  override name = 'ModelNotFoundError'
}

export class NodeRunningError extends Error {
  static override name = 'NodeRunningError'
  override name = 'NodeRunningError'

  constructor(dataDir: string, pid: number | undefined, options?: ErrorOptions) {
    const who = pid == null ? 'another node' : `another node (pid ${pid})`

    super(`${who} is running on ${dataDir}; choose another with --data-dir`, options)
  }
}

/** The node did not stop in time. */
export class StopTimeoutError extends Error {
  static override name = 'StopTimeoutError'
  override name = 'StopTimeoutError'

  constructor(milliseconds: number) {
    super(`the node did not stop within ${milliseconds / 1_000} s`)
  }
}
