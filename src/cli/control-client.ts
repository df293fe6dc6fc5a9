/** The control API as a command uses it: found by the data directory, opened by its token. */
import { readControlFile, readToken } from '../http/control-file.ts'
import { API_BASE, OPERATION_TIMEOUT_MS } from '../http/constants.ts'
import { ControlApiError, NoNodeRunningError, TokenError } from './errors.ts'

/** The node gives up first and says why. */
const ANSWER_TIMEOUT_MS = OPERATION_TIMEOUT_MS + 5_000

interface ErrorAnswer {
  error?: { name?: string; message?: string; reason?: string }
}

export class ControlClient {
  readonly #dataDir: string
  readonly #address: string
  readonly #token: string

  constructor(dataDir: string, address: string, token: string) {
    this.#dataDir = dataDir
    this.#address = address
    this.#token = token
  }

  /**
   * @throws {NoNodeRunningError} also when a node has left its file behind
   * @throws {TokenError} when there is no token
   */
  static async open(dataDir: string): Promise<ControlClient> {
    const [info, token] = await Promise.all([readControlFile(dataDir), readToken(dataDir)])

    if (info == null || !isRunning(info.pid)) {
      throw new NoNodeRunningError(dataDir)
    }

    if (token == null) {
      throw new TokenError(`no token in ${dataDir}`)
    }

    return new ControlClient(dataDir, info.address, token)
  }

  /**
   * @throws {ControlApiError} with what the node says
   * @throws {NoNodeRunningError} when nobody answers
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
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS)
      })
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError') {
        throw new ControlApiError(`the node at ${this.#address} does not answer`, { status: 504 })
      }

      throw new NoNodeRunningError(this.#dataDir, { cause: error })
    }
  }
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
