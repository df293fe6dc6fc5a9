/**
 * What the errors of all protocols have in common, and the failures of a framed
 * stream (stream-io.ts).
 *
 * Whether an error is the doing of a peer is a property of its class. An error
 * of any other class, of this node or of a library, costs no peer anything.
 * What the remote can cause (`InvalidFrameError`, an inbound
 * `FrameTooLargeError`, `UnexpectedEndError`, both timeouts) has ended the
 * stream by the time it is thrown.
 */

/** What a peer does wrong: the term of its score that is charged for it. */
export type Fault =
  | 'badSignature'
  | 'invalidMessage'
  | 'handshake'
  | 'oversize'
  | 'invalidChunk'
  | 'bomb'
  | 'slow'
  | 'transfer'
  | 'halfOpen'
  | 'flapping'

/** The peer did what no correct peer does. */
export abstract class ViolationError extends Error {
  /** Undefined when this very error is not the peer's doing. */
  abstract readonly violation: Fault | undefined
  /** Whether the peer has to wait before it gets another link. */
  readonly shutsOut: boolean = true
}

/** The peer had to continue, and did not in time. */
export abstract class StallError extends Error {
  abstract readonly violation: Fault
}

export function isViolation(error: unknown): error is ViolationError {
  return error instanceof ViolationError && error.violation != null
}

export function isStall(error: unknown): error is StallError {
  return error instanceof StallError
}

/** What the peer is charged for; undefined for an error that is not its doing. */
export function faultOf(error: unknown): Fault | undefined {
  return error instanceof ViolationError || error instanceof StallError ? error.violation : undefined
}

/** A frame is larger than the stream's `maxFrameBytes`. */
export class FrameTooLargeError extends ViolationError {
  override readonly name = 'FrameTooLargeError'
  readonly violation: 'oversize' | undefined
  /** 'inbound': the remote announced it and the stream is aborted; 'outbound': the caller's frame was not sent. */
  readonly direction: 'inbound' | 'outbound'

  constructor(direction: 'inbound' | 'outbound', bytes: number, maxBytes: number) {
    super(`${direction} frame of ${bytes} bytes exceeds the limit of ${maxBytes}`)
    this.direction = direction
    this.violation = direction === 'inbound' ? 'oversize' : undefined
  }
}

/** A length prefix is not a minimal varint, or is longer than any allowed length needs. */
export class InvalidFrameError extends ViolationError {
  override readonly name = 'InvalidFrameError'
  readonly violation = 'invalidMessage'
}

/** The remote's side ended within a frame, or the connection ended before the remote had ended its side. */
export class UnexpectedEndError extends Error {
  override readonly name = 'UnexpectedEndError'
}

/** The remote took no byte of what was written for the whole write timeout. */
export class WriteTimeoutError extends StallError {
  override readonly name = 'WriteTimeoutError'
  readonly violation = 'slow'
}

/**
 * A frame began and was not whole within the frame timeout. It may be the fault
 * of a line, or of a machine that slept, so that it shuts nobody out.
 */
export class FrameTimeoutError extends ViolationError {
  override readonly name = 'FrameTimeoutError'
  readonly violation = 'slow'
  override readonly shutsOut = false
}
