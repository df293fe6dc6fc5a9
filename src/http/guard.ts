/**
 * Who may speak to the control API: who can open the Unix socket, or the holder
 * of the token, addressing the machine itself. The `Host` check keeps out a web page whose name was made to
 * resolve to loopback; the `Origin` check any other page.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { API_BASE, REQUEST_TIMEOUT_MS } from './constants.ts'
import { BodyTooLargeError, ForbiddenError, LengthRequiredError, UnauthorizedError } from './errors.ts'
import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import type { Clock } from '../lib/clock.ts'

const UPLOAD_PATH = `${API_BASE}/models`

/** Methods that change nothing. */
const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::(\d{1,5}))?$/i

/** What a request brings from where it came in. */
export type GuardedEnv = {
  Bindings: Partial<HttpBindings> & {
    /** Whether it came through the Unix socket, which only the owner of the node can open. */
    trusted?: boolean
  }
}

/**
 * @param token - opens everything
 * @param readOnlyToken - opens what changes nothing
 * @throws {UnauthorizedError} before anything else of the request is looked at
 * @throws {ForbiddenError} with the token that only reads, for what changes something
 */
export function requireToken(token: string, readOnlyToken?: string): MiddlewareHandler<GuardedEnv> {
  const full = digest(token)
  const reading = readOnlyToken == null ? undefined : digest(readOnlyToken)

  return async (c, next) => {
    if (c.env.trusted !== true) {
      const given = digest(/^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '')
      // Digests have one length, so the comparison tells nothing of the token's.
      const mayRead = reading != null && timingSafeEqual(given, reading)

      if (!timingSafeEqual(given, full)) {
        if (!mayRead) {
          throw new UnauthorizedError()
        }

        if (!READING.has(c.req.method)) {
          throw new ForbiddenError('this token only reads')
        }
      }
    }

    await next()
  }
}

/** @throws {ForbiddenError} for a foreign `Host` or `Origin` */
export function requireLocal(port: () => number): MiddlewareHandler<GuardedEnv> {
  return async (c, next) => {
    if (c.env.trusted === true) {
      return next()
    }

    const host = c.req.header('host') ?? ''
    const origin = c.req.header('origin')

    if (!isLocalHost(host, port())) {
      throw new ForbiddenError('the Host header names another machine')
    }

    if (origin != null && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
      throw new ForbiddenError('the Origin header names another site')
    }

    await next()
  }
}

/**
 * A body says its length beforehand, so that none is read to learn that it is
 * too long; Node.js takes no more of it than that. It has a time to arrive.
 *
 * @throws {BodyTooLargeError}
 * @throws {LengthRequiredError} for a body in chunks
 */
export function limitBody(maxBytes: number, clock: Clock): MiddlewareHandler<GuardedEnv> {
  return async (c, next) => {
    if (c.req.header('transfer-encoding') != null) {
      throw new LengthRequiredError()
    }

    if (Number(c.req.header('content-length') ?? 0) > maxBytes) {
      throw new BodyTooLargeError(maxBytes)
    }

    const { incoming } = c.env
    const timer = clock.setTimeout(() => {
      if (incoming?.complete === false) {
        incoming.destroy()
      }
    }, REQUEST_TIMEOUT_MS)

    try {
      await next()
    } finally {
      timer.clear()
    }
  }
}

/** The one route whose body is not held in memory, and has its own bounds. */
export function isUpload({ req }: Context): boolean {
  return req.method === 'POST' && req.path === UPLOAD_PATH
}

export function isLocalHost(host: string, port: number): boolean {
  const match = LOOPBACK_HOST.exec(host)

  return match != null && (match[1] == null || Number(match[1]) === port)
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
