import { AbortError } from '@libp2p/interface'
import { answerOf } from '../../protocols/proxy/index.ts'
import { MIN_DELIVERY_TIMEOUT_MS } from '../../protocols/proxy/limits.ts'
import { deadline } from '../lib/deadline.ts'
import { ForgedMessageError, MalformedMessageError } from '../messages/errors.ts'
import { isSigned, originOf } from '../messages/origin.ts'
import { SeenCache } from '../messages/seen-cache.ts'
import { decodeWrapper } from '../messages/wrapper.ts'
import { MAX_PROXIED_BYTES, MAX_PROXY_FAN_OUT, MAX_PROXY_HOPS, MAX_REMEMBERED_REQUESTS } from './constants.ts'
import { firstDelivery } from './first-delivery.ts'
import type { Asker, Request, Result } from './asker.ts'
import type { Clock, Random } from '../lib/clock.ts'
import type { Deadline } from '../lib/deadline.ts'
import type { Answer, ReceivedDelivery } from '../../protocols/proxy/index.ts'
import type { Link, LinkManager } from '../links/index.ts'
import type { PeerId } from '@libp2p/interface'

export interface CarrierComponents {
  peerId: PeerId
  linkManager: Pick<LinkManager, 'links'>
  asker: Asker
}

export interface CarrierInit {
  federation: string
  clock: Clock
  random: Random
  /** Whether nothing of the peer is heeded. */
  isIgnored(peer: PeerId): boolean
  /** Milliseconds that one request is worked on at most. */
  timeout: number
  /** Bytes of a message. @default 1 MiB */
  maxMessageBytes?: number
  /** Proxies one after the other. @default 4 */
  maxHops?: number
  /** Proxies that are asked when there is no link with the target. @default 4 */
  maxFanOut?: number
  /** Requests remembered, so that none is carried twice. @default 10_000 */
  maxRemembered?: number
}

/** What a proxy does with a message for somebody else. */
export class Carrier {
  readonly #components: CarrierComponents
  readonly #init: CarrierInit
  readonly #maxMessageBytes: number
  readonly #maxHops: number
  readonly #maxFanOut: number
  readonly #carried: SeenCache

  constructor(components: CarrierComponents, init: CarrierInit) {
    this.#components = components
    this.#init = init
    this.#maxMessageBytes = init.maxMessageBytes ?? MAX_PROXIED_BYTES
    this.#maxHops = init.maxHops ?? MAX_PROXY_HOPS
    this.#maxFanOut = init.maxFanOut ?? MAX_PROXY_FAN_OUT
    this.#carried = new SeenCache({
      clock: init.clock,
      maxLocalMessages: init.maxRemembered ?? MAX_REMEMBERED_REQUESTS
    })
  }

  /**
   * Hands a message on, to its target or to other proxies.
   *
   * @throws {MalformedMessageError} when it is no message, or one that nobody has handed on and another than its origin sends
   * @throws {ForgedMessageError} when its origin has not signed it
   * @throws the reason of the signal, when the asker gives up
   */
  async carry(from: PeerId, delivery: ReceivedDelivery): Promise<Answer> {
    const { target, envelope, signal } = delivery

    if (envelope.wrapper.byteLength > this.#maxMessageBytes) {
      return answerOf('TOO_LARGE')
    }

    const read = decodeWrapper(envelope.wrapper)
    const origin = originOf(read)

    if (envelope.hops === 0 && !origin.equals(from)) {
      throw new MalformedMessageError('The first proxy was asked by another than the source')
    }

    if (origin.equals(this.#components.peerId)) {
      return answerOf('LOOP')
    }

    if (target.equals(origin) || target.equals(from) || this.#init.isIgnored(origin)) {
      return answerOf('REFUSED')
    }

    if (envelope.hops >= this.#maxHops) {
      return answerOf('HOPS')
    }

    if (delivery.timeout < MIN_DELIVERY_TIMEOUT_MS) {
      return answerOf('TIMEOUT')
    }

    const key = `${target} ${origin} ${envelope.seqno}`

    if (this.#carried.has(key)) {
      return answerOf('LOOP')
    }

    if (!(await isSigned(origin, this.#init.federation, envelope, read))) {
      throw new ForgedMessageError('Message is not signed by its source')
    }

    // the same may have come from another proxy while this was verified
    if (this.#carried.has(key)) {
      return answerOf('LOOP')
    }

    this.#carried.add(key, from.toString())

    const until = deadline(this.#init.clock, Math.min(delivery.timeout, this.#init.timeout), signal)

    try {
      const next = { ...envelope, hops: envelope.hops + 1 }
      const result = await this.#handOn(from, origin, { target, source: read.source, envelope: next }, until)

      signal.throwIfAborted()

      return answerFor(result)
    } finally {
      until.clear()
    }
  }

  async #handOn(from: PeerId, origin: PeerId, request: Request, until: Deadline): Promise<Result> {
    const { linkManager, asker } = this.#components
    const link = linkManager.links.get(request.target)

    if (link != null) {
      return asker.ask(link, request, until)
    }

    const proxies = this.#choose(
      linkManager.links
        .select()
        .filter(({ peer, node }) => node.proxy && !peer.equals(from) && !peer.equals(origin))
    )

    if (proxies.length === 0) {
      return { delivered: false, status: 'NOT_LINKED' }
    }

    // the next would refuse it
    if (request.envelope.hops >= this.#maxHops) {
      return { delivered: false, status: 'HOPS' }
    }

    const settled = new AbortController()
    const branch = deadline(this.#init.clock, until.left(), until.signal, settled.signal)

    try {
      return await firstDelivery(proxies.map(async (proxy) => asker.ask(proxy, request, branch)))
    } finally {
      settled.abort(new AbortError('Another proxy has delivered'))
      branch.clear()
    }
  }

  /** As many as may be asked, any of them, so that with every new message others have their turn. */
  #choose(proxies: Link[]): Link[] {
    const chosen = [...proxies]

    while (chosen.length > this.#maxFanOut) {
      chosen.splice(Math.floor(this.#init.random() * chosen.length), 1)
    }

    return chosen
  }
}

/** What the asker gets to know; whom this node cannot trust is nothing to it. */
function answerFor(result: Result): Answer {
  if (result.delivered) {
    return { status: 'DELIVERED', acknowledgement: result.acknowledgement }
  }

  return answerOf(result.status === 'FORGED' ? 'LOST' : result.status)
}
