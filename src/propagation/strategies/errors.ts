/** The engine gives no model: there is nothing to propagate or to offer. */
export class NoModelError extends Error {
  constructor(message = 'The engine gives no model') {
    super(message)
    this.name = 'NoModelError'
  }
}

/** There is no strategy of that name. */
export class UnknownStrategyError extends Error {
  constructor(name: string) {
    super(`There is no propagation strategy "${name}"`)
    this.name = 'UnknownStrategyError'
  }
}
