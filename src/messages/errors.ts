/** A message does not carry the signature of the peer that it says has written it. */
export class ForgedMessageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ForgedMessageError'
  }
}

/** Learning has finished: nothing is sent any more. */
export class LearningFinishedError extends Error {
  constructor(message = 'Learning has finished, nothing is sent any more') {
    super(message)
    this.name = 'LearningFinishedError'
  }
}
