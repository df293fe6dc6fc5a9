import { AbortError, InvalidParametersError } from '@libp2p/interface'
import { Lifetime } from '../lib/lifetime.ts'
import { systemClock } from '../lib/clock.ts'
import { deadline } from '../lib/deadline.ts'
import { acknowledge, answerOf, ProxyProtocol } from '../../protocols/proxy/index.ts'
import { MAX_MESSAGE_BYTES } from '../../protocols/message/limits.ts'
import { PROXY_TIMEOUT_MS } from '../../protocols/proxy/limits.ts'
import { Admission } from './admission.ts'
import { Asker } from './asker.ts'
import { Carrier } from './carrier.ts'
import { ProxyError } from './errors.ts'
import type { AdmissionInit } from './admission.ts'
import type { CarrierInit } from './carrier.ts'
import type { Clock, Random } from '../lib/clock.ts'
import type { Answer, ProxyProtocolInit, ReceivedDelivery } from '../../protocols/proxy/index.ts'
import type { Link, LinkManager } from '../links/index.ts'
import type { Message, Messenger } from '../messages/index.ts'
import type { AbortOptions, ComponentLogger, PeerId, PrivateKey, Startable } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'

export interface ProxyingComponents {
  peerId: PeerId
  /** Signs acknowledgements. */
  privateKey: PrivateKey
  registrar: Registrar
  logger: ComponentLogger
  linkManager: LinkManager
  messenger: Pick<Messenger, 'sign' | 'receiveDelivered'>
}

export interface ProxyingInit
  extends
    AdmissionInit,
    Pick<CarrierInit, 'maxMessageBytes' | 'maxHops' | 'maxFanOut' | 'maxRemembered'>,
    Pick<
      ProxyProtocolInit,
      'maxEnvelopeBytes' | 'closeTimeout' | 'maxStreamsPerConnection' | 'budget' | 'onViolation' | 'onStall'
    > {
  federation: string
  /** Whether this node hands on what is for others. */
  proxy: boolean
  /** Milliseconds for a delivery with all its hops. @default 10_000 */
  timeout?: number
  clock?: Clock
  random?: Random
  /** Whether nothing of the peer is heeded: it is blacklisted, or its score is too low. */
  isIgnored(peer: PeerId): boolean
}

export interface ProxyCounts {
  sent: Record<string, number>
  carried: Record<string, number>
  received: Record<string, number>
}

/** Named delivery: messages to a peer by way of proxies, and what a proxy, and a peer so reached, does. */
export class Proxying implements Startable {
  readonly #components: ProxyingComponents
  readonly #init: ProxyingInit
  readonly #clock: Clock
  readonly #timeout: number
  readonly #protocol: ProxyProtocol
  readonly #admission: Admission
  readonly #asker: Asker
  readonly #carrier: Carrier
  /** What became of requests so far, by status: this node's own, those it carried as a proxy, those for itself. */
  readonly counts: ProxyCounts = { sent: {}, carried: {}, received: {} }
  /** Told how long this node's own requests took that were delivered, in milliseconds. */
  observer?: { delivered(ms: number): void }
  readonly #lifetime = new Lifetime()

  constructor(components: ProxyingComponents, init: ProxyingInit) {
    const clock = init.clock ?? systemClock
    const timeout = init.timeout ?? PROXY_TIMEOUT_MS

    this.#components = components
    this.#init = init
    this.#clock = clock
    this.#timeout = timeout
    this.#admission = new Admission({ ...init, clock })
    this.#protocol = new ProxyProtocol(components, {
      clock,
      timeout,
      maxEnvelopeBytes: init.maxEnvelopeBytes,
      closeTimeout: init.closeTimeout,
      maxStreamsPerConnection: init.maxStreamsPerConnection,
      accept: async ({ remotePeer }) => components.linkManager.awaitLink(remotePeer, this.#lifetime.signal),
      enter: (peer) => this.#admission.enter(peer),
      onDelivery: async ({ remotePeer }, delivery) => this.#onDelivery(remotePeer, delivery),
      budget: init.budget,
      onViolation: init.onViolation,
      onStall: init.onStall
    })
    this.#asker = new Asker({ protocol: this.#protocol, logger: components.logger }, { ...init, clock })
    this.#carrier = new Carrier(
      { peerId: components.peerId, linkManager: components.linkManager, asker: this.#asker },
      { ...init, clock, timeout, random: init.random ?? Math.random }
    )
  }

  async start(): Promise<void> {
    this.#lifetime.start()
    this.#components.linkManager.addEventListener('close', this.#onClose)
    await this.#protocol.start()
  }

  async stop(): Promise<void> {
    this.#lifetime.stop()
    this.#components.linkManager.removeEventListener('close', this.#onClose)
    await this.#protocol.stop()
  }

  /** @see Nebula.sendVia */
  async sendVia(
    proxy: PeerId,
    target: PeerId,
    message: Message,
    { signal }: AbortOptions = {}
  ): Promise<void> {
    const { peerId, linkManager, messenger } = this.#components
    signal?.throwIfAborted()

    if (target.equals(peerId) || target.equals(proxy)) {
      throw new InvalidParametersError('A proxy delivers to a third peer')
    }

    if (target.publicKey == null) {
      throw new InvalidParametersError('The PeerId holds no key by which an acknowledgement could be known')
    }

    const link = linkManager.links.require(proxy)
    const until = deadline(this.#clock, this.#timeout, signal, this.#lifetime.signal)

    try {
      const request = { target, source: peerId.toString(), envelope: await messenger.sign(message) }
      const begin = performance.now()
      const result = await this.#asker.ask(link, request, until)

      count(this.counts.sent, result.delivered ? 'DELIVERED' : result.status)

      if (result.delivered) {
        this.observer?.delivered(performance.now() - begin)
      } else {
        signal?.throwIfAborted()
        this.#lifetime.signal.throwIfAborted()

        throw new ProxyError(result.status, { proxy, target })
      }
    } finally {
      until.clear()
    }
  }

  async #onDelivery(from: PeerId, delivery: ReceivedDelivery): Promise<Answer> {
    const link = this.#components.linkManager.links.get(from)

    if (link == null || this.#init.isIgnored(from)) {
      throw new AbortError('There is no link')
    }

    link.received(delivery.byteLength, this.#clock.now())

    if (!this.#admission.takeBytes(from, delivery.byteLength)) {
      return answerOf('BUSY')
    }

    // it could be neither sent on nor passed on as a message
    if (delivery.envelopeBytes > (this.#init.maxEnvelopeBytes ?? MAX_MESSAGE_BYTES)) {
      return answerOf('TOO_LARGE')
    }

    if (delivery.target.equals(this.#components.peerId)) {
      const answer = await this.#receive(from, delivery)

      count(this.counts.received, answer.status)

      return answer
    }

    if (!this.#init.proxy) {
      return answerOf('NOT_A_PROXY')
    }

    const answer = await this.#carrier.carry(from, delivery)

    count(this.counts.carried, answer.status)

    return answer
  }

  /** A message for this node. One that it has had already is acknowledged again: the first answer may be lost. */
  async #receive(from: PeerId, { target, envelope }: ReceivedDelivery): Promise<Answer> {
    const { messenger, privateKey } = this.#components
    const { outcome, source } = await messenger.receiveDelivered(from, envelope)

    if (outcome !== 'dispatched' && outcome !== 'duplicate') {
      return answerOf('REFUSED')
    }

    const { seqno, wrapper } = envelope
    const fields = { federation: this.#init.federation, target, source, seqno, wrapper }

    return { status: 'DELIVERED', acknowledgement: await acknowledge(privateKey, fields) }
  }

  readonly #onClose = ({ detail: { link } }: CustomEvent<{ link: Link }>): void => {
    this.#protocol.dismiss(link.peer)
  }
}

function count(counts: Record<string, number>, status: string): void {
  counts[status] = (counts[status] ?? 0) + 1
}
