import { anySignal } from 'any-signal'
import { Lifetime } from '../lib/lifetime.ts'
import { systemClock } from '../lib/clock.ts'
import { deadline } from '../lib/deadline.ts'
import { pause } from '../lib/wait-for.ts'
import { CONTROLLER_POLL_INTERVAL_MS, CONTROLLER_TIMEOUT_MS } from './constants.ts'
import { ControllerError } from './errors.ts'
import { controllerUrl } from './url.ts'
import type { Clock } from '../lib/clock.ts'
import type { Warnings } from '../warnings/index.ts'
import type { AbortOptions, Startable } from '@libp2p/interface'

export interface ControllerInit {
  /** Base address, such as `http://192.0.2.1:5000`, `https://example.org/nebula` or `192.0.2.1:5000`; without it every call fails. */
  url?: string | null
  /** The scenario that the controller runs. */
  scenario: string
  /** What the node calls itself, asked for at each registration: the controller stores `host:port`. */
  describeNode(): string
  warnings?: Pick<Warnings, 'raise' | 'end'>
  clock?: Clock
  /** Milliseconds. @default 1_000 */
  pollInterval?: number
  /** Milliseconds. @default 10_000 */
  timeout?: number
}

export interface RegisterOptions extends AbortOptions {
  /** Whether to ask again until the controller takes the registration. @default false */
  retry?: boolean
}

type Endpoint = 'register' | 'wait'

export class Controller implements Startable {
  readonly #init: ControllerInit
  readonly #clock: Clock
  readonly #pollInterval: number
  readonly #timeout: number
  readonly #lifetime = new Lifetime()

  constructor(init: ControllerInit) {
    this.#init = init
    this.#clock = init.clock ?? systemClock
    this.#pollInterval = init.pollInterval ?? CONTROLLER_POLL_INTERVAL_MS
    this.#timeout = init.timeout ?? CONTROLLER_TIMEOUT_MS
  }

  start(): void {
    this.#lifetime.start()
  }

  /** Ends all calls under way. */
  stop(): void {
    this.#lifetime.stop()
  }

  /**
   * Posts `{ node }` to the controller.
   *
   * @throws {ControllerError} when there is none, or it does not answer 200 and `retry` is not set
   * @throws {AbortError} when the overlay stops
   */
  async register({ signal, retry = false }: RegisterOptions = {}): Promise<void> {
    const url = this.#endpoint('register')
    const attempt = async (ending: AbortSignal): Promise<void> => {
      const status = await this.#request(url, ending, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ node: this.#init.describeNode() })
      })

      if (status !== 200) {
        throw new ControllerError(`The controller refused the registration with status ${status}`, { status })
      }
    }

    await this.#until(
      signal,
      retry
        ? (ending) => this.#tried(attempt, ending)
        : async (ending) => {
            await attempt(ending)

            return true
          }
    )
  }

  /**
   * Resolves when the controller answers 200; asks again after any other
   * answer, and when it cannot be reached.
   *
   * @throws {ControllerError} when there is none
   * @throws {AbortError} when the overlay stops
   */
  async wait({ signal }: AbortOptions = {}): Promise<void> {
    const url = this.#endpoint('wait')
    let status: number | undefined

    await this.#until(signal, async (ending) => {
      const answered = await this.#tried(async () => {
        status = await this.#request(url, ending)
      }, ending)

      return answered && status === 200
    })
  }

  /** Asks until the answer is true, with a pause after each that is not. */
  async #until(
    signal: AbortSignal | undefined,
    ask: (ending: AbortSignal) => Promise<boolean>
  ): Promise<void> {
    const ending = anySignal([signal, this.#lifetime.signal])

    try {
      ending.throwIfAborted()

      while (!(await ask(ending))) {
        await pause(this.#clock, this.#pollInterval, ending)
      }
    } finally {
      ending.clear()
    }
  }

  /** Whether the call succeeded. A controller that does not answer as it should is told as long as that lasts. */
  async #tried(call: (ending: AbortSignal) => Promise<void>, ending: AbortSignal): Promise<boolean> {
    try {
      await call(ending)
      this.#init.warnings?.end('controller-not-reached')

      return true
    } catch (error) {
      if (!(error instanceof ControllerError)) {
        throw error
      }

      this.#init.warnings?.raise({
        code: 'controller-not-reached',
        message: `${error.message}; the node asks again until it answers`,
        error
      })

      return false
    }
  }

  #endpoint(name: Endpoint): URL {
    const { url, scenario } = this.#init
    const base = url == null ? undefined : controllerUrl(url)

    if (base == null) {
      throw new ControllerError(
        // which may hold a password
        url == null
          ? 'No controller is configured'
          : 'The URL of the controller is none, or has more than a path'
      )
    }

    const prefix = base.pathname.replace(/\/+$/, '')

    return new URL(`${prefix}/platform/dashboard/${encodeURIComponent(scenario)}/node/${name}`, base)
  }

  /** @throws {ControllerError} when there is no answer in time */
  async #request(endpoint: URL, ending: AbortSignal, init: RequestInit = {}): Promise<number> {
    const limit = deadline(this.#clock, this.#timeout, ending)

    try {
      const response = await fetch(endpoint, { ...init, redirect: 'error', signal: limit.signal })

      // only the status counts; what else is sent must not be held
      await response.body?.cancel()

      return response.status
    } catch (cause) {
      ending.throwIfAborted()

      throw new ControllerError(`The controller at ${endpoint.origin} was not reached`, { cause })
    } finally {
      limit.clear()
    }
  }
}
