/** What something threw that is no `Error`: a text, or the event with which a WebSocket of the system fails. */
export class ForeignError extends Error {
  override readonly name = 'ForeignError'
}

/** What was thrown, as an `Error`. Libraries, and the code of an application, may throw anything. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new ForeignError(textOf(thrown), { cause: thrown })
}

function textOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown == null) {
    return `Thrown: ${String(thrown)}`
  }

  const { error, message } = thrown as { error?: unknown; message?: unknown }
  // an event has its text itself, or in the error that it is about
  const text = [message, error instanceof Error ? error.message : error].find(
    (each) => typeof each === 'string' && each !== ''
  )

  return typeof text === 'string' ? text : noText(thrown)
}

function noText(thrown: object): string {
  const kind = thrown.constructor?.name ?? 'object'

  return kind === 'ErrorEvent'
    ? 'The system gives no reason: nothing listens there, it is no WebSocket server, or its certificate is not trusted'
    : `Thrown: ${kind} without a message`
}
