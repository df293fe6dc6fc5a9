/** The peer broke the protocol: a frame that is malformed or has no place. */
export class ProxyProtocolError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ProxyProtocolError'
  }
}

/** The peer did not send its delivery, or end its side after the answer, in time. */
export class ProxyTimeoutError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ProxyTimeoutError'
  }
}

/** The peer said that the message was delivered, with an acknowledgement that the target has not signed. */
export class ForgedAcknowledgementError extends Error {
  constructor(message = 'Acknowledgement is not the signature of the target') {
    super(message)
    this.name = 'ForgedAcknowledgementError'
  }
}

/** By name; the last three are for what is inside a delivery. */
const VIOLATIONS = new Set([
  'FrameTooLargeError',
  'InvalidFrameError',
  'ProxyProtocolError',
  'InvalidEnvelopeError',
  'InvalidMessageError',
  'ForgedMessageError'
])

/** Whether only a peer that breaks the protocol can have caused it. */
export function isViolation({ name }: Error): boolean {
  return VIOLATIONS.has(name)
}

const STALLS = new Set(['FrameTimeoutError', 'ProxyTimeoutError', 'WriteTimeoutError'])

/** Whether it was for the peer to go on, and it did not. */
export function isStall({ name }: Error): boolean {
  return STALLS.has(name)
}
