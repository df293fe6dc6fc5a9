/** The controller was not reached, refused, or is not configured; `status` is that of its answer. */
export class ControllerError extends Error {
  readonly status?: number

  constructor(message: string, options: ErrorOptions & { status?: number } = {}) {
    super(message, options)
    this.name = 'ControllerError'
    this.status = options.status
  }
}
