/** The host asked for is not the machine itself. */
export class NotLoopbackError extends Error {
  static override name = 'NotLoopbackError'
  override name = 'NotLoopbackError'

  constructor(host: string) {
    super(`the control API listens on loopback only, not on ${host}`)
  }
}

/** The control API's port cannot be opened; `code` is the system's, such as `EADDRINUSE`. */
export class ControlListenError extends Error {
  static override name = 'ControlListenError'
  override name = 'ControlListenError'
  readonly code: string

  constructor(address: string, code: string, options?: ErrorOptions) {
    const why = code === 'EADDRINUSE' ? 'the port is taken' : code

    super(`cannot open the control API on ${address}: ${why}`, options)
    this.code = code
  }
}

/** A request that is understood and not allowed. */
export class ForbiddenError extends Error {
  static override name = 'ForbiddenError'
  override name = 'ForbiddenError'
}

/** A request without the token, or with a wrong one. */
export class UnauthorizedError extends Error {
  static override name = 'UnauthorizedError'
  override name = 'UnauthorizedError'

  constructor() {
    super('a bearer token is needed')
  }
}

export class BodyTooLargeError extends Error {
  static override name = 'BodyTooLargeError'
  override name = 'BodyTooLargeError'

  constructor(maxBytes: number) {
    super(`the body is larger than ${maxBytes} bytes`)
  }
}

export class LengthRequiredError extends Error {
  static override name = 'LengthRequiredError'
  override name = 'LengthRequiredError'

  constructor() {
    super('a body needs a Content-Length')
  }
}

/** The body is not JSON, or the JSON is not what the route takes. */
export class InvalidRequestError extends Error {
  static override name = 'InvalidRequestError'
  override name = 'InvalidRequestError'
}

export class RouteNotFoundError extends Error {
  static override name = 'RouteNotFoundError'
  override name = 'RouteNotFoundError'

  constructor() {
    super('no such route')
  }
}

export class NoLinkError extends Error {
  static override name = 'NoLinkError'
  override name = 'NoLinkError'

  constructor(peer: string) {
    super(`no link with ${peer}`)
  }
}

export class TooManyEventClientsError extends Error {
  static override name = 'TooManyEventClientsError'
  override name = 'TooManyEventClientsError'

  constructor(max: number) {
    super(`${max} clients read the event stream already`)
  }
}

export class RangeNotSatisfiableError extends Error {
  static override name = 'RangeNotSatisfiableError'
  override name = 'RangeNotSatisfiableError'

  constructor(size: number) {
    super(`the range has none of the ${size} bytes there are`)
  }
}

/** Nothing of an upload came for too long. */
export class UploadStalledError extends Error {
  static override name = 'UploadStalledError'
  override name = 'UploadStalledError'

  constructor(ms: number) {
    super(`nothing of the upload came for ${ms} ms`)
  }
}

/** The node has an engine of its own, which clients cannot set. */
export class NoEngineError extends Error {
  static override name = 'NoEngineError'
  override name = 'NoEngineError'

  constructor() {
    super('the engine of this node is not set by clients')
  }
}
