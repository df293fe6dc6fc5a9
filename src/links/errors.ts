/** There is no link to the peer. */
export class NotLinkedError extends Error {
  constructor(message = 'There is no link to the peer') {
    super(message)
    this.name = 'NotLinkedError'
  }
}
