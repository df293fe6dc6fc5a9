/**
 * Who may speak to the control API: the holder of the token, addressing the
 * machine itself. The `Host` check keeps out a web page whose name was made to
 * resolve to loopback; the `Origin` check any other page.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { BodyTooLargeError, ForbiddenError, LengthRequiredError, UnauthorizedError } from './errors.ts'
import type { MiddlewareHandler } from 'hono'

const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::(\d{1,5}))?$/i

/** @throws {UnauthorizedError} before anything else of the request is looked at */
export function requireToken(token: string): MiddlewareHandler {
  const expected = digest(token)

  return async (c, next) => {
    const given = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''

    // Digests have one length, so the comparison tells nothing of the token's.
    if (!timingSafeEqual(digest(given), expected)) {
      throw new UnauthorizedError()
    }

    await next()
  }
}

/** @throws {ForbiddenError} for a foreign `Host` or `Origin` */
export function requireLocal(port: () => number): MiddlewareHandler {
  return async (c, next) => {
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
 * too long; Node.js takes no more of it than that.
 *
 * @throws {BodyTooLargeError}
 * @throws {LengthRequiredError} for a body in chunks
 */
export function limitBody(maxBytes: number): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.header('transfer-encoding') != null) {
      throw new LengthRequiredError()
    }

    if (Number(c.req.header('content-length') ?? 0) > maxBytes) {
      throw new BodyTooLargeError(maxBytes)
    }

    await next()
  }
}

export function isLocalHost(host: string, port: number): boolean {
  const match = LOOPBACK_HOST.exec(host)

  return match != null && (match[1] == null || Number(match[1]) === port)
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
