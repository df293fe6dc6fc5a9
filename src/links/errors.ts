import { DialError } from '@libp2p/interface'

/** There is no link to the peer. */
export class NotLinkedError extends Error {
  constructor(message = 'There is no link to the peer') {
    super(message)
    this.name = 'NotLinkedError'
  }
}

/**
 * What a failed dial is to a caller: libp2p lets the transport's own error
 * through when there was one address, and an `AggregateError` of several.
 * Errors that have a name of their own stay as they are.
 */
export function dialError(err: unknown): unknown {
  if (!(err instanceof Error) || (err.name !== 'Error' && err.name !== 'AggregateError')) {
    return err
  }

  const reasons = err instanceof AggregateError ? err.errors.map((each) => messageOf(each)) : [err.message]
  const error = new DialError([...new Set(reasons)].join('; '))
  error.cause = err

  return error
}

function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err)
}
