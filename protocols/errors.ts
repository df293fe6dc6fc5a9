/**
 * The failures of a framed stream (stream-io.ts). Callers branch on `name`.
 * What the remote can cause (`InvalidFrameError`, an inbound
 * `FrameTooLargeError`, `UnexpectedEndError`, both timeouts) has ended the
 * stream by the time it is thrown.
 */

/** A frame is larger than the stream's `maxFrameBytes`. */
export class FrameTooLargeError extends Error {
  override readonly name = 'FrameTooLargeError'
  /** 'inbound': the remote announced it and the stream is aborted; 'outbound': the caller's frame was not sent. */
  readonly direction: 'inbound' | 'outbound'

  constructor(direction: 'inbound' | 'outbound', bytes: number, maxBytes: number) {
    super(`${direction} frame of ${bytes} bytes exceeds the limit of ${maxBytes}`)
    this.direction = direction
  }
}

/** A length prefix is not a minimal varint, or is longer than any allowed length needs. */
export class InvalidFrameError extends Error {
  override readonly name = 'InvalidFrameError'
}

/** The remote's side ended within a frame, or the connection ended before the remote had ended its side. */
export class UnexpectedEndError extends Error {
  override readonly name = 'UnexpectedEndError'
}

/** The remote took no byte of what was written for the whole write timeout. */
export class WriteTimeoutError extends Error {
  override readonly name = 'WriteTimeoutError'
}

/** A frame began and was not whole within the frame timeout. */
export class FrameTimeoutError extends Error {
  override readonly name = 'FrameTimeoutError'
}
