/** The peer broke the protocol: a frame that is malformed or has no place, or an acknowledgement that is not the target's. */
export class ProxyProtocolError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ProxyProtocolError'
  }
}

/** By name; the last three are for what is inside a delivery. */
const VIOLATIONS = new Set([
  'FrameTooLargeError',
  'InvalidFrameError',
  'FrameTimeoutError',
  'ProxyProtocolError',
  'InvalidEnvelopeError',
  'InvalidMessageError',
  'ForgedMessageError'
])

/** Whether only a peer that breaks the protocol can have caused it. */
export function isViolation({ name }: Error): boolean {
  return VIOLATIONS.has(name)
}
