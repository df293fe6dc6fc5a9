import { ForgedAcknowledgementError, verifyAcknowledgement } from '../../protocols/proxy/index.ts'
import { KeyedLimiter } from '../lib/keyed-limiter.ts'
import { perSecond } from '../lib/token-bucket.ts'
import { MIN_DELIVERY_TIMEOUT_MS } from '../../protocols/proxy/limits.ts'
import { MAX_REQUESTS_PER_SECOND, TIME_PASSED_ON } from './constants.ts'
import type { ProxyFailure } from './errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Deadline } from '../lib/deadline.ts'
import type { Envelope } from '../../protocols/message/index.ts'
import type { ProxyProtocol } from '../../protocols/proxy/index.ts'
import type { Link } from '../links/index.ts'
import type { ComponentLogger, Logger, PeerId } from '@libp2p/interface'

export interface AskerComponents {
  protocol: Pick<ProxyProtocol, 'ask'>
  logger: ComponentLogger
}

export interface AskerInit {
  federation: string
  clock: Clock
  /** Requests of one peer in a second. @default 50 */
  maxRequestsPerSecond?: number
  onViolation(peer: PeerId, error: Error): void
}

/** A signed message for a peer. */
export interface Request {
  target: PeerId
  /** The origin's PeerId as it stands in the message. */
  source: string
  envelope: Envelope
}

/** What a linked peer made of a request. Delivered is only what the target itself has acknowledged. */
export type Result = { delivered: true; acknowledgement: Uint8Array<ArrayBuffer> } | Failure

export interface Failure {
  delivered: false
  status: ProxyFailure
}

/** Asks linked peers to deliver, and believes no acknowledgement that the target has not signed. */
export class Asker {
  readonly #components: AskerComponents
  readonly #init: AskerInit
  readonly #log: Logger
  readonly #rate: KeyedLimiter

  constructor(components: AskerComponents, init: AskerInit) {
    this.#components = components
    this.#init = init
    this.#rate = new KeyedLimiter(init.clock, perSecond(init.maxRequestsPerSecond ?? MAX_REQUESTS_PER_SECOND))
    this.#log = components.logger.forComponent('nebula:proxying')
  }

  /** Never rejects. When the signal of the deadline is aborted, why is for the caller to find out. */
  async ask(link: Link, { target, source, envelope }: Request, until: Deadline): Promise<Result> {
    const { federation, clock, onViolation } = this.#init
    const { seqno, wrapper } = envelope

    const timeout = Math.floor(until.left() * TIME_PASSED_ON)

    if (timeout < MIN_DELIVERY_TIMEOUT_MS) {
      return { delivered: false, status: 'TIMEOUT' }
    }

    // a peer is not asked more often than it allows, for whomever: each request costs it a stream
    if (!this.#rate.take(link.peer)) {
      return { delivered: false, status: 'BUSY' }
    }

    try {
      const delivery = { target, envelope, timeout }

      link.sent(wrapper.byteLength, clock.now())

      const answer = await this.#components.protocol.ask(link.connection, delivery, until.signal)

      if (answer.status !== 'DELIVERED') {
        return { delivered: false, status: answer.status }
      }

      const { acknowledgement } = answer
      const fields = { federation, target, source, seqno, wrapper }

      if (await verifyAcknowledgement(fields, acknowledgement)) {
        return { delivered: true, acknowledgement }
      }

      onViolation(link.peer, new ForgedAcknowledgementError())

      return { delivered: false, status: 'FORGED' }
    } catch (err) {
      this.#log('%p gave no answer - %e', link.peer, err)

      return { delivered: false, status: statusOf(err, until.signal) }
    }
  }
}

/** What it means for a delivery that there was no answer. */
function statusOf(err: unknown, signal: AbortSignal): ProxyFailure {
  if (signal.aborted) {
    return 'TIMEOUT'
  }

  switch (err instanceof Error ? err.name : '') {
    case 'UnsupportedProtocolError':
      return 'REFUSED'
    case 'TooManyOutboundProtocolStreamsError':
      return 'BUSY'
    case 'MessageTooLargeError':
      return 'TOO_LARGE'
    default:
      return 'LOST'
  }
}
