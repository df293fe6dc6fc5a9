/** Learning has finished: nothing is sent any more. */
export class LearningFinishedError extends Error {
  constructor(message = 'Learning has finished, nothing is sent any more') {
    super(message)
    this.name = 'LearningFinishedError'
  }
}
