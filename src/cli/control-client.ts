/** The control API as a command uses it: found by the data directory, opened by its token. */
import { readControlFile, readToken } from '../http/control-file.ts'
import { API_BASE, OPERATION_TIMEOUT_MS } from '../http/constants.ts'
import { ControlApiError, NoAnswerError, NoNodeRunningError, TokenError } from './errors.ts'
import type { ControlInfo } from '../http/control-file.ts'

/** The node gives up first and says why. */
const ANSWER_TIMEOUT_MS = OPERATION_TIMEOUT_MS + 5_000

export interface ControlClientInit {
  /** Milliseconds. @default 65_000 */
  answerTimeout?: number
}

interface ErrorAnswer {
  error?: { name?: string; message?: string; reason?: string }
}

export class ControlClient {
  readonly #dataDir: string
  readonly #address: string
  readonly #pid: number
  readonly #token: string
  readonly #answerTimeout: number

  constructor(dataDir: string, { address, pid }: ControlInfo, token: string, init: ControlClientInit = {}) {
    this.#dataDir = dataDir
    this.#address = address
    this.#pid = pid
    this.#token = token
    this.#answerTimeout = init.answerTimeout ?? ANSWER_TIMEOUT_MS
  }

  /**
   * @throws {NoNodeRunningError} also when a node has left its file behind
   * @throws {TokenError} when there is no token
   */
  static async open(dataDir: string, init?: ControlClientInit): Promise<ControlClient> {
    const [info, token] = await Promise.all([readControlFile(dataDir), readToken(dataDir)])

    if (info == null || !isRunning(info.pid)) {
      throw new NoNodeRunningError(dataDir)
    }

    if (token == null) {
      throw new TokenError(`no token in ${dataDir}`)
    }

    return new ControlClient(dataDir, info, token, init)
  }

  /**
   * @throws {ControlApiError} with what the node says
   * @throws {NoNodeRunningError} when nobody listens
   * @throws {NoAnswerError} when the node is there and does not answer
   * @throws {TokenError} when the token is refused
   */
  async call<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T> {
    const response = await this.#fetch(method, path, body)

    if (response.status === 401) {
      throw new TokenError(`the node at ${this.#address} refuses the token in ${this.#dataDir}`)
    }

    const answer: unknown = await response.json().catch(() => ({}))

    if (!response.ok) {
      const { error = {} } = answer as ErrorAnswer

      throw new ControlApiError(error.message ?? `the node answered ${response.status}`, {
        status: response.status,
        reason: error.reason
      })
    }

    return answer as T
  }

  async #fetch(method: string, path: string, body: object | undefined): Promise<Response> {
    try {
      return await fetch(`${this.#address}${API_BASE}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${this.#token}`,
          ...(body == null ? {} : { 'Content-Type': 'application/json' })
        },
        body: body == null ? undefined : JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(this.#answerTimeout)
      })
    } catch (error) {
      // a node whose connections are all taken closes further ones; only where nobody listens are they refused
      throw isRefused(error) || !isRunning(this.#pid)
        ? new NoNodeRunningError(this.#dataDir, { cause: error })
        : new NoAnswerError(this.#dataDir, this.#pid, { cause: error })
    }
  }
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined

  return cause instanceof Error && (cause as NodeJS.ErrnoException).code === 'ECONNREFUSED'
}

/** Another user's process exists too, though it may not be signalled. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)

    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
