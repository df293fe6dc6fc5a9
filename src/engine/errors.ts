/** A method of the engine returned what it must not return. */
export class EngineAnswerError extends Error {
  /** The method. */
  readonly method: string

  constructor(method: string, expected: string, answer: unknown) {
    super(`The engine's ${method}() must return ${expected}, not ${describe(answer)}`)
    this.name = 'EngineAnswerError'
    this.method = method
  }
}

/** A method of the engine did not return in time. */
export class EngineTimeoutError extends Error {
  /** The method. */
  readonly method: string

  constructor(method: string, timeoutMs: number) {
    super(`The engine's ${method}() has not returned within ${timeoutMs} ms`)
    this.name = 'EngineTimeoutError'
    this.method = method
  }
}

/** No peer waits for the answer: it was given, or its time is over. */
export class UnknownRequestError extends Error {
  constructor(id: string) {
    super(`No request ${id} waits for an answer`)
    this.name = 'UnknownRequestError'
  }
}

const MAX_DESCRIBED = 40

function describe(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'undefined'
    case 'string':
      return `the string ${JSON.stringify(value.slice(0, MAX_DESCRIBED))}`
    case 'number':
    case 'bigint':
    case 'boolean':
      return `the ${typeof value} ${value}`
    case 'function':
    case 'symbol':
      return `a ${typeof value}`
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'an array' : 'an object'
  }
}
