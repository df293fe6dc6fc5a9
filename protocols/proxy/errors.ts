import { StallError, ViolationError } from '../errors.ts'

/** The peer broke the protocol: a frame that is malformed or has no place. */
export class ProxyProtocolError extends ViolationError {
  readonly violation = 'invalidMessage'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ProxyProtocolError'
  }
}

/** The peer did not send its delivery, or end its side after the answer, in time. */
export class ProxyTimeoutError extends StallError {
  readonly violation = 'slow'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ProxyTimeoutError'
  }
}

/** The peer said that the message was delivered, with an acknowledgement that the target has not signed. */
export class ForgedAcknowledgementError extends ViolationError {
  readonly violation = 'badSignature'

  constructor(message = 'Acknowledgement is not the signature of the target') {
    super(message)
    this.name = 'ForgedAcknowledgementError'
  }
}
