import { toError } from '../lib/to-error.ts'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

export interface ErrorBody {
  error: {
    name: string
    message: string
    /** Why a peer refused, in the handshake's words. */
    reason?: string
  }
}

/** By error name, which is stable across copies of a package; what is not here is a failure of the node's own. */
const STATUS_BY_NAME: Record<string, ContentfulStatusCode> = {
  InvalidRequestError: 400,
  InvalidParametersError: 400,
  NotRegularFileError: 400,
  UnreadableFileError: 400,
  InvalidMessageError: 400,
  InvalidMultiaddrError: 400,
  InvalidPeerIdError: 400,
  InvalidModelHeaderError: 400,
  UnauthorizedError: 401,
  ForbiddenError: 403,
  NoLinkError: 404,
  NotLinkedError: 404,
  ModelGoneError: 404,
  UnknownRequestError: 404,
  RouteNotFoundError: 404,
  HandshakeError: 409,
  LearningFinishedError: 409,
  NoEngineError: 409,
  ModelRefusedError: 409,
  DialDeniedError: 409,
  LengthRequiredError: 411,
  BodyTooLargeError: 413,
  MessageTooLargeError: 413,
  ModelTooLargeError: 413,
  RangeNotSatisfiableError: 416,
  DialError: 502,
  ConnectionDeniedError: 502,
  ConnectionFailedError: 502,
  NoValidAddressesError: 502,
  UnexpectedPeerError: 502,
  UnsupportedProtocolError: 502,
  EncryptionFailedError: 502,
  HandshakeProtocolError: 502,
  OutboxClosedError: 502,
  UnacknowledgedError: 502,
  ProxyError: 502,
  ModelStreamEndedError: 502,
  StreamResetError: 502,
  ConnectionClosedError: 502,
  NotStartedError: 503,
  MessageDroppedError: 503,
  QueueFullError: 503,
  ModelStoreFullError: 503,
  TooManyEventClientsError: 503,
  DiskFullError: 507,
  UploadStalledError: 504,
  TimeoutError: 504,
  AbortError: 504,
  HandshakeTimeoutError: 504,
  WriteTimeoutError: 504,
  ModelTimeoutError: 504
}

function messageOf({ name, message }: Error): string {
  // the text of a signal of the system, such as that which ends a request
  if (name === 'TimeoutError' && message === SYSTEM_TIMEOUT) {
    return 'it took longer than the control API waits'
  }

  return message === '' ? `the node failed with a ${name} without a message` : message
}

const SYSTEM_TIMEOUT = 'The operation was aborted due to timeout'

/** What a client gets to know of an error: never the stack, nor the cause. */
export function errorJson(thrown: unknown): ErrorBody['error'] {
  const error = toError(thrown)
  const { name } = error
  const message = messageOf(error)
  return 'reason' in error && typeof error.reason === 'string'
    ? { name, message, reason: error.reason }
    : { name, message }
}

export function errorResponse(error: unknown): { status: ContentfulStatusCode; body: ErrorBody } {
  const status = error instanceof Error ? STATUS_BY_NAME[error.name] : undefined

  return { status: status ?? 500, body: { error: errorJson(error) } }
}
