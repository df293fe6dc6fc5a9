import { ViolationError } from '../../protocols/errors.ts'
import { DialError } from '@libp2p/interface'
import { causesOf } from '../lib/causes.ts'
import { toError } from '../lib/to-error.ts'
import { HandshakeError } from '../../protocols/handshake/index.ts'
import type { AttemptResult } from './pair.ts'
import type { PeerId } from '@libp2p/interface'

/** There is no link to the peer. */
export class NotLinkedError extends Error {
  constructor(message = 'There is no link to the peer') {
    super(message)
    this.name = 'NotLinkedError'
  }
}

/** Names that say nothing of what went wrong. */
const NAMELESS = new Set([
  'Error',
  'AggregateError',
  'ForeignError',
  'TypeError',
  'RangeError',
  'SyntaxError'
])

/**
 * What a failed dial is to a caller: libp2p lets what the transport threw
 * through when there was one address, be it an error or not, and an
 * `AggregateError` of several. Errors that have a name of their own stay as
 * they are.
 */
export function dialError(thrown: unknown): Error {
  const cause = toError(thrown)

  if (!NAMELESS.has(cause.name)) {
    return cause
  }

  const reasons =
    cause instanceof AggregateError ? cause.errors.map((each) => messageOf(each)) : [messageOf(cause)]
  const error = new DialError([...new Set(reasons)].join('; '))
  error.cause = thrown

  return error
}

/**
 * Whether a dial failed because it led to this node itself, by a name that was
 * not known to be its own. Only the errors of this node's own libp2p say so,
 * which has verified the PeerId: what a peer answers proves nothing.
 */
export function isDialOfSelf(error: unknown): boolean {
  return causesOf(error).some(({ name, message }) => DIALS_OF_SELF.has(`${name}: ${message}`))
}

/** What libp2p throws, of a connection and of a dial. */
const DIALS_OF_SELF: ReadonlySet<string> = new Set([
  'InvalidPeerIdError: Can not dial self',
  'DialError: Tried to dial self'
])

/** Whether a ConnectionGater of this node denied a dial at all its addresses: the blacklist, or the application's own. */
export function isDeniedByGater(error: unknown): boolean {
  if (error instanceof AggregateError) {
    return error.errors.length > 0 && error.errors.every(isDeniedByGater)
  }

  return error instanceof Error && (GATER_DENIALS.has(error.name) || isDeniedByGater(error.cause))
}

/** What libp2p throws: before a dial, and once it is known who is at the address. */
const GATER_DENIALS: ReadonlySet<string> = new Set(['DialDeniedError', 'ConnectionInterceptedError'])

/**
 * The peer, or something on the way, accepts connections and closes them at
 * once. So does a node that has this node, or its address, on its blacklist: it
 * says nothing to those.
 */
export class ConnectionDeniedError extends Error {
  constructor(target: string, cause?: unknown) {
    super(
      `${target} closes connections at once: it may have this node on its blacklist, or take no more connections`,
      { cause }
    )
    this.name = 'ConnectionDeniedError'
  }
}

/** Whether the other end closed the connection before it was secured. */
export function isDenied(thrown: unknown): boolean {
  const errors: unknown[] = thrown instanceof AggregateError ? thrown.errors : [thrown]

  return errors.length > 0 && errors.every((each) => each instanceof Error && DENIED.test(each.message))
}

/** Of libp2p's streams where the connection has ended, and of the system where it was reset. */
const DENIED = /\bUnexpected EOF\b|\bECONNRESET\b/

/** The message of what an `AbortSignal.timeout` aborts with. libp2p keeps only this where encryption gets no answer. */
const TIMEOUT_MESSAGE = 'The operation was aborted due to timeout'

export function isTimeout(err: unknown): boolean {
  return err instanceof Error && (err.name === 'TimeoutError' || err.message === TIMEOUT_MESSAGE)
}

/** The connection was closed before the attempt began, or what became of the attempt. */
export type AttemptOutcome = AttemptResult | { result: 'disconnected'; error: Error }

/** What a `connect` whose last attempt ended so, and for which there is no link, rejects with. */
export function attemptError(peer: PeerId, outcome: AttemptOutcome | undefined): Error {
  if (outcome?.result === 'pending') {
    return new HandshakeError('UNSPECIFIED', `The attempt of ${peer} went first and made no link`, {
      status: 'PENDING'
    })
  }

  if (outcome?.result === 'stale') {
    return new HandshakeError('UNSPECIFIED', `${peer} holds on to a link that is lost here`, {
      status: 'EXISTS'
    })
  }

  const cause = outcome != null && 'error' in outcome ? outcome.error : undefined

  return cause ?? new HandshakeError('UNSPECIFIED', `${peer} ended the handshake`)
}

function messageOf(err: unknown): string {
  if (isTimeout(err)) {
    return 'no answer in time'
  }

  const { message, name } = toError(err)

  return message === '' ? name : message
}

/** A peer begins more attempts than it may in a minute. */
export class AttemptRateError extends ViolationError {
  readonly violation = 'flapping'

  constructor(message = 'Attempts come too often') {
    super(message)
    this.name = 'AttemptRateError'
  }
}
