import { systemClock } from '../lib/clock.ts'
import { DistinctLimiter } from '../lib/distinct-limiter.ts'
import { KeyedLimiter } from '../lib/keyed-limiter.ts'
import { perMinute, perSecond, TokenBucket } from '../lib/token-bucket.ts'
import {
  FORWARD_BATCH_SIZE,
  FORWARD_INTERVAL_MS,
  MAX_FORWARDED_ORIGINS,
  MAX_FORWARDS,
  MAX_FORWARD_QUEUE,
  MAX_FORWARD_QUEUE_BYTES,
  MAX_FORWARDS_PER_ORIGIN
} from './constants.ts'
import type { ReplayGuard } from '../messages/replay-guard.ts'
import type { Clock, Timer } from '../lib/clock.ts'
import type { Envelope } from '../../protocols/message/index.ts'
import type { ComponentLogger, Logger, PeerId, Startable } from '@libp2p/interface'

export interface ForwarderComponents {
  logger: ComponentLogger
  /** What was passed on, which must not be so again, whatever is still known of what arrived. */
  passed: Pick<ReplayGuard, 'knows' | 'accept'>
}

/** A message to pass on, with what names those who must not get it. */
export interface Forwardable {
  envelope: Envelope
  origin: PeerId
  /** The linked peer it came from. */
  from: PeerId
  /** Another neighbour that does not get it. */
  except?: PeerId
  /** It is this node's own, which is not a node that has passed it on. @default false */
  own?: boolean
}

export interface ForwarderInit {
  /** The direct neighbours at the time of sending. */
  neighbours(): PeerId[]
  /** Sends one envelope, as it is, over the link with the peer. */
  send(peer: PeerId, envelope: Envelope): Promise<void>
  clock?: Clock
  /** Milliseconds between two batches; with 0 each message is sent at once. @default 0 */
  interval?: number
  /** @default 100 */
  batchSize?: number
  /** @default 1_024 */
  maxQueue?: number
  /** @default 8 MiB */
  maxQueueBytes?: number
  /** Messages of all origins in a second. @default 1_000 */
  maxPerSecond?: number
  /** Messages of one origin in a second. @default 200 */
  maxPerOrigin?: number
  /** Origins in a minute. @default 1_000 */
  maxOriginsPerMinute?: number
}

/**
 * Passes messages on to all direct neighbours but the one they came from and
 * their origin. The wrapper stays byte for byte what the origin wrote; only
 * `hops` grows. Each message is sent once to each neighbour there is when its
 * turn comes, however large the batch and whatever fails.
 */
export class Forwarder implements Startable {
  readonly #init: ForwarderInit
  readonly #log: Logger
  readonly #clock: Clock
  readonly #interval: number
  readonly #batchSize: number
  readonly #maxQueue: number
  readonly #maxQueueBytes: number
  readonly #all: TokenBucket
  readonly #ofOrigin: KeyedLimiter
  readonly #origins: DistinctLimiter
  readonly #passed: ForwarderComponents['passed']
  #queue: Forwardable[] = []
  #queuedBytes = 0
  #timer?: Timer
  #running = false
  #dropped = 0

  constructor(components: ForwarderComponents, init: ForwarderInit) {
    this.#init = init
    this.#log = components.logger.forComponent('nebula:forwarder')
    this.#clock = init.clock ?? systemClock
    this.#interval = init.interval ?? FORWARD_INTERVAL_MS
    this.#batchSize = init.batchSize ?? FORWARD_BATCH_SIZE
    this.#maxQueue = init.maxQueue ?? MAX_FORWARD_QUEUE
    this.#maxQueueBytes = init.maxQueueBytes ?? MAX_FORWARD_QUEUE_BYTES
    this.#all = new TokenBucket(this.#clock, perSecond(init.maxPerSecond ?? MAX_FORWARDS))
    this.#ofOrigin = new KeyedLimiter(this.#clock, perSecond(init.maxPerOrigin ?? MAX_FORWARDS_PER_ORIGIN))
    this.#origins = new DistinctLimiter(
      this.#clock,
      perMinute(init.maxOriginsPerMinute ?? MAX_FORWARDED_ORIGINS)
    )
    this.#passed = components.passed
  }

  start(): void {
    this.#running = true
  }

  stop(): void {
    this.#running = false
    this.#timer?.clear()
    this.#timer = undefined
    this.#queue = []
    this.#queuedBytes = 0
  }

  /** Messages that wait. */
  get queued(): number {
    return this.#queue.length
  }

  /** Messages that were dropped because the queue was full or there are too many. */
  get dropped(): number {
    return this.#dropped
  }

  /** Takes a message to pass on; `false` when it is not. */
  forward(message: Forwardable): boolean {
    return this.admit(message) && this.pass(message)
  }

  /**
   * Whether the message may be passed on, which is counted as if it were. No
   * message is twice: a neighbour would take the second for an offence.
   */
  admit({ envelope: { seqno }, origin, from }: Forwardable): boolean {
    const name = origin.toString()

    if (this.#passed.knows(name, seqno)) {
      return false
    }

    if (!this.#running || this.#tooMany(name)) {
      this.#dropped++

      return false
    }

    return this.#passed.accept(name, seqno, from.toString())
  }

  /** Passes on a message that was admitted; `false` when it is dropped. */
  pass(message: Forwardable): boolean {
    if (!this.#running || !this.#hasRoom(message)) {
      this.#dropped++

      return false
    }

    if (this.#interval === 0) {
      this.#send(message)

      return true
    }

    this.#queue.push(message)
    this.#queuedBytes += message.envelope.wrapper.byteLength
    this.#timer ??= this.#clock.setTimeout(() => this.#sendBatch(), this.#interval)

    return true
  }

  #hasRoom({ envelope }: Forwardable): boolean {
    return (
      this.#queue.length < this.#maxQueue &&
      this.#queuedBytes + envelope.wrapper.byteLength <= this.#maxQueueBytes
    )
  }

  #tooMany(origin: string): boolean {
    return !this.#ofOrigin.take(origin) || !this.#all.take() || !this.#origins.take(origin)
  }

  #sendBatch(): void {
    const batch = this.#queue.splice(0, this.#batchSize)

    this.#timer =
      this.#queue.length > 0 ? this.#clock.setTimeout(() => this.#sendBatch(), this.#interval) : undefined

    for (const message of batch) {
      this.#queuedBytes -= message.envelope.wrapper.byteLength
      this.#send(message)
    }
  }

  #send({ envelope, origin, from, except, own = false }: Forwardable): void {
    const next = own ? envelope : { ...envelope, hops: envelope.hops + 1 }

    for (const peer of this.#init.neighbours()) {
      if (!peer.equals(from) && !peer.equals(origin) && except?.equals(peer) !== true) {
        // one neighbour that cannot be reached is no reason to keep the others waiting
        this.#init.send(peer, next).catch((err: Error) => {
          this.#log('could not forward to %p - %e', peer, err)
        })
      }
    }
  }
}
