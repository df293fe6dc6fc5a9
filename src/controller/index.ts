/**
 * The controller of NEBULA's platform: where a node registers, and whose word
 * it waits for (seed: `register`, `wait_for_controller`).
 */
import { systemClock } from '../../protocols/clock.ts'
import { CONTROLLER_POLL_INTERVAL_MS, CONTROLLER_TIMEOUT_MS } from './constants.ts'
import type { Clock } from '../../protocols/clock.ts'
import type { AbortOptions } from '@libp2p/interface'

/** The controller was not reached, refused, or is not configured; `status` is that of its answer. */
export class ControllerError extends Error {
  readonly status?: number

  constructor(message: string, options: ErrorOptions & { status?: number } = {}) {
    super(message, options)
    this.name = 'ControllerError'
    this.status = options.status
  }
}

export interface ControllerInit {
  /** Base address, such as `http://192.0.2.1:5000`; without it every call fails. */
  url?: string | null
  /** The scenario that the controller runs. */
  scenario: string
  /** What the node calls itself, asked for at each registration. */
  describeNode(): string
  clock?: Clock
  /** Milliseconds. @default 1_000 */
  pollInterval?: number
  /** Milliseconds. @default 10_000 */
  timeout?: number
}

export class Controller {
  readonly #init: ControllerInit
  readonly #clock: Clock
  readonly #pollInterval: number
  readonly #timeout: number

  constructor(init: ControllerInit) {
    this.#init = init
    this.#clock = init.clock ?? systemClock
    this.#pollInterval = init.pollInterval ?? CONTROLLER_POLL_INTERVAL_MS
    this.#timeout = init.timeout ?? CONTROLLER_TIMEOUT_MS
  }

  /**
   * Posts `{ node }` to the controller.
   *
   * @throws {ControllerError} when there is none, or it does not answer 200
   */
  async register(options: AbortOptions = {}): Promise<void> {
    const status = await this.#request('register', options, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ node: this.#init.describeNode() })
    })

    if (status !== 200) {
      throw new ControllerError(`The controller refused the registration with status ${status}`, { status })
    }
  }

  /**
   * Resolves when the controller answers 200; asks again after any other
   * answer, and when it cannot be reached.
   *
   * @throws {ControllerError} when there is none
   */
  async wait(options: AbortOptions = {}): Promise<void> {
    this.#endpoint('wait')

    while ((await this.#request('wait', options).catch(unreachable)) !== 200) {
      options.signal?.throwIfAborted()
      await this.#pause(options.signal)
    }
  }

  #endpoint(name: 'register' | 'wait'): URL {
    const { url, scenario } = this.#init

    if (url == null) {
      throw new ControllerError('No controller is configured')
    }

    return new URL(`/platform/dashboard/${encodeURIComponent(scenario)}/node/${name}`, url)
  }

  async #request(name: 'register' | 'wait', options: AbortOptions, init: RequestInit = {}): Promise<number> {
    const endpoint = this.#endpoint(name)
    const timeout = AbortSignal.timeout(this.#timeout)

    try {
      const response = await fetch(endpoint, {
        ...init,
        redirect: 'error',
        signal: options.signal == null ? timeout : AbortSignal.any([options.signal, timeout])
      })

      // only the status counts; what else is sent must not be held
      await response.body?.cancel()

      return response.status
    } catch (cause) {
      options.signal?.throwIfAborted()

      throw new ControllerError(`The controller at ${endpoint.origin} was not reached`, { cause })
    }
  }

  async #pause(signal?: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = this.#clock.setTimeout(resolve, this.#pollInterval)
    const onAbort = (): void => resolve()

    signal?.addEventListener('abort', onAbort, { once: true })

    try {
      await promise
      signal?.throwIfAborted()
    } finally {
      timer.clear()
      signal?.removeEventListener('abort', onAbort)
    }
  }
}

/** A controller that cannot be reached yet is one that has not given the word; everything else is told. */
function unreachable(err: Error): undefined {
  if (err.name !== 'ControllerError') {
    throw err
  }
}
