import { ViolationError } from '../../protocols/errors.ts'

/** A message does not carry the signature of the peer that it says has written it. */
export class ForgedMessageError extends ViolationError {
  readonly violation = 'badSignature'

  constructor(message: string) {
    super(message)
    this.name = 'ForgedMessageError'
  }
}

/** The bytes of a peer are no message, or the message says what it cannot say. */
export class MalformedMessageError extends ViolationError {
  readonly violation = 'invalidMessage'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MalformedMessageError'
  }
}

/** Learning has finished: nothing is sent any more. */
export class LearningFinishedError extends Error {
  constructor(message = 'Learning has finished, nothing is sent any more') {
    super(message)
    this.name = 'LearningFinishedError'
  }
}

/** A message that the application has handed over cannot be passed on; `reason` says why. */
export class NotForwardableError extends Error {
  /**
   * `type`: messages of the type are for their link; `no-proxy`: only a proxy
   * passes on what others wrote, but for what every node does; `source`: bytes of
   * another source, without its signature; `unsigned`: the source has not signed
   * the message; `hops`: it has gone over as many nodes as it may; `centralised`:
   * nothing is passed on in the federation.
   */
  readonly reason: 'type' | 'no-proxy' | 'source' | 'unsigned' | 'hops' | 'centralised'

  constructor(reason: NotForwardableError['reason'], message: string) {
    super(message)
    this.name = 'NotForwardableError'
    this.reason = reason
  }
}
