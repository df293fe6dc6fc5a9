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
