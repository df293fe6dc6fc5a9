import { anySignal } from 'any-signal'
import { TypedEventEmitter } from 'main-event'
import { Lifetime } from '../lib/lifetime.ts'
import { decodeEnvelope, encodeEnvelope, MessageProtocol } from '../../protocols/message/index.ts'
import { systemClock } from '../lib/clock.ts'
import { TokenBucket } from '../lib/token-bucket.ts'
import { GrowingNumbers } from '../lib/growing-numbers.ts'
import { Forwarder, forwardedTypes, mayForward } from '../forwarding/index.ts'
import { MAX_HOPS } from '../forwarding/constants.ts'
import { NotLinkedError } from '../links/index.ts'
import { MessagePace } from '../limits/index.ts'
import { pause } from '../lib/wait-for.ts'
import { sendToEach } from '../lib/settle-all.ts'
import { PROMPT_VERIFICATIONS, PROMPT_VERIFICATIONS_PER_SECOND } from './constants.ts'
import { ForeignGate } from './foreign-gate.ts'
import { HandedOver } from './handed-over.ts'
import { LinkedOrigins } from './linked-origins.ts'
import { MessageTally } from './message-tally.ts'
import { Outboxes } from './outboxes.ts'
import { Outgoing } from './outgoing.ts'
import { Receiver } from './receiver.ts'
import { ReplayGuard } from './replay-guard.ts'
import { SeenCache } from './seen-cache.ts'
import { sendAgain } from './send-again.ts'
import { ToldNumbers } from './told-numbers.ts'
import type { Outcome } from './receiver.ts'
import type { MessageCounts, MessageObserver } from './message-counts.ts'
import type { MessengerComponents, MessengerEvents, MessengerInit } from './messenger-types.ts'
import type { Message } from './types.ts'
import type { Clock } from '../lib/clock.ts'
import type { ForwardState } from '../forwarding/index.ts'
import type { Envelope, OutboxSendOptions } from '../../protocols/message/index.ts'
import type { SendOptions, SendToNeighboursOptions } from '../interface.ts'
import type { Link } from '../links/index.ts'
import type { Connection, PeerId, Startable } from '@libp2p/interface'

/** Sends messages over links, tells of those that come in, and passes on what is to be passed on. */
export class Messenger extends TypedEventEmitter<MessengerEvents> implements Startable {
  readonly #components: MessengerComponents
  readonly #init: MessengerInit
  readonly #clock: Clock
  readonly #forwarding: Omit<ForwardState, 'hops'>
  readonly #protocol: MessageProtocol
  readonly #seen: SeenCache
  readonly #linked: LinkedOrigins
  readonly #receiver: Receiver
  readonly #forwarder: Forwarder
  readonly #handedOver: HandedOver
  readonly #outboxes: Outboxes
  readonly #numbers: GrowingNumbers
  readonly #tally = new MessageTally()
  readonly #paces = new WeakMap<Link, MessagePace>()
  readonly #lifetime = new Lifetime()
  /** Told how long things take. */
  observer?: MessageObserver
  /** Whether the last message dispatched was `alive`, which keeps no link open. */
  #alive = false

  constructor(components: MessengerComponents, init: MessengerInit) {
    super()
    this.#components = components
    this.#init = init
    this.#clock = init.clock ?? systemClock
    this.#forwarding = {
      proxy: init.proxy,
      types: forwardedTypes(init.forwarding?.types),
      centralised: init.forwarding?.centralised ?? false,
      maxHops: init.forwarding?.maxHops ?? MAX_HOPS
    }
    this.#numbers = new GrowingNumbers(components, { name: 'message', clock: this.#clock })
    this.#seen = new SeenCache({
      clock: this.#clock,
      maxLocalMessages: init.maxLocalMessages,
      ttl: init.seenTtl
    })

    const numbers = { window: init.replayWindow, maxOrigins: init.maxReplayOrigins }
    const replays = new ReplayGuard(numbers)
    const passed = new ReplayGuard(numbers)

    this.#linked = new LinkedOrigins(components.linkManager, [replays, passed])
    this.#forwarder = new Forwarder(
      { logger: components.logger, passed },
      {
        ...init.forwarding,
        clock: this.#clock,
        neighbours: () => components.linkManager.links.peers({ onlyDirect: true }),
        // a neighbour whose queue is full misses the message; waiting would hold what anybody can send
        send: async (peer, envelope) => {
          await this.#sendTo(peer, () => encodeEnvelope(envelope), { wait: false })
          this.#tally.forwarded()
        }
      }
    )
    this.#handedOver = new HandedOver(
      { peerId: components.peerId, forwarder: this.#forwarder },
      {
        federation: init.federation,
        forwarding: this.#forwarding,
        sign: async (message) => this.sign(message)
      }
    )

    const prompt = new TokenBucket(this.#clock, {
      burst: PROMPT_VERIFICATIONS,
      perSecond: PROMPT_VERIFICATIONS_PER_SECOND
    })

    this.#receiver = new Receiver(
      {
        peerId: components.peerId,
        logger: components.logger,
        seen: this.#seen,
        replays,
        behind: (source, seqno) => greatest(passed.behind(source, seqno), replays.behind(source, seqno)),
        gate: new ForeignGate(
          { linkManager: components.linkManager, replays },
          { ...init.pace, clock: this.#clock, onExcess: (peer) => init.onFlood?.(peer) }
        ),
        forwarder: this.#forwarder
      },
      {
        federation: init.federation,
        isBlacklisted: init.isBlacklisted,
        isIgnored: (peer) => init.isIgnored?.(peer) ?? false,
        onRepeat: (peer) => init.onRepeat?.(peer),
        forwarding: this.#forwarding,
        onMessage: (detail, envelope) => {
          this.#handedOver.note(detail, envelope)
          this.#alive = isAlive(detail.message)
          this.#tally.received(detail.message.type)
          this.safeDispatchEvent('message', { detail })
        },
        onDuplicate: (detail) => {
          this.safeDispatchEvent('duplicate', { detail })
        },
        verifiesPromptly: () => prompt.take(),
        onVerified: (ms) => this.observer?.verified(ms),
        pause: async (ms) => pause(this.#clock, ms, this.#lifetime.signal)
      }
    )
    this.#protocol = new MessageProtocol(components, {
      ...init,
      accept: async ({ remotePeer }) => components.linkManager.awaitLink(remotePeer, this.#lifetime.signal),
      onEnvelope: (connection, ...envelope) => this.#onEnvelope(connection, ...envelope)
    })
    const told = new ToldNumbers({ ...components, numbers: this.#numbers })

    this.#outboxes = new Outboxes(
      { ...components, protocol: this.#protocol, budget: init.budget },
      { onStall: init.onStall, onAck: (peer, ack) => told.onAck(peer, ack) }
    )
  }

  async start(): Promise<void> {
    this.#lifetime.start()
    await this.#numbers.load()
    this.#linked.start()
    this.#outboxes.start()
    this.#forwarder.start()
    await this.#protocol.start()
  }

  async stop(): Promise<void> {
    this.#lifetime.stop()
    this.#linked.stop()
    await this.#outboxes.stop()
    this.#forwarder.stop()
    await this.#protocol.stop()
    await this.#numbers.flush()
    this.#seen.clear()
  }

  /** What was sent and received so far. */
  get counts(): MessageCounts {
    const { hits, misses } = this.#seen.counts

    return {
      ...this.#tally.counts,
      forwardDropped: this.#forwarder.dropped,
      seenHits: hits,
      seenMisses: misses,
      seenEntries: this.#seen.size
    }
  }

  /** What waits to be sent, over all links. */
  get queued(): { messages: number; bytes: number } {
    return this.#outboxes.queued
  }

  /** @see Nebula.send */
  async send(peer: PeerId, message: Message, options: SendOptions = {}): Promise<void> {
    const outgoing = this.#outgoing(message)

    const begin = performance.now()

    await this.#sendOutgoing(peer, outgoing, options)
    this.#tally.sent(message.type)
    this.observer?.sent(performance.now() - begin)
  }

  /** @see Nebula.sendToNeighbours */
  async sendToNeighbours(message: Message, options: SendToNeighboursOptions = {}): Promise<void> {
    const peers = options.peers ?? this.#components.linkManager.links.peers({ onlyDirect: true })
    const outgoing = this.#outgoing(message)
    const signal = anySignal([options.signal, this.#lifetime.signal])

    try {
      await sendToEach(
        peers,
        async (peer) => {
          await this.#sendOutgoing(peer, outgoing, options)
          this.#tally.sent(message.type)
        },
        { clock: this.#clock, interval: options.interval, signal }
      )
    } finally {
      signal.clear()
    }
  }

  /**
   * A message as others may pass it on.
   *
   * @throws {InvalidMessageError | MessageTooLargeError} when it cannot be sent as it is
   */
  async sign(message: Message): Promise<Envelope> {
    return decodeEnvelope(await this.#outgoing(message).envelopeFor({ proxy: true }))
  }

  /** What the application hands over to be passed on. */
  get handedOver(): Pick<HandedOver, 'read' | 'forward' | 'isReceived'> {
    return this.#handedOver
  }

  /** @see Receiver.receiveDelivered */
  async receiveDelivered(from: PeerId, envelope: Envelope): Promise<{ source: string; outcome: Outcome }> {
    return this.#receiver.receiveDelivered(from, envelope)
  }

  /** A message with its number: the same for every peer that it is sent to. */
  #outgoing(message: Message): Outgoing {
    return new Outgoing({
      federation: this.#init.federation,
      source: this.#components.peerId.toString(),
      seqno: this.#numbers.take(),
      message,
      key: this.#components.privateKey,
      maxMessageBytes: this.#init.maxMessageBytes
    })
  }

  async #sendOutgoing(peer: PeerId, outgoing: Outgoing, options: OutboxSendOptions): Promise<void> {
    const { message } = outgoing

    await sendAgain(outgoing, {
      send: async (each) =>
        this.#sendTo(peer, (link) => each.envelopeFor(link.node), options, !isAlive(message)),
      isPassedOn: () => {
        const proxy = this.#components.linkManager.links.get(peer)?.node.proxy === true

        return mayForward(message, { ...this.#forwarding, proxy, hops: 0 })
      },
      take: () => this.#numbers.take()
    })
  }

  /** Resolves with what `Outbox.send` does. */
  async #sendTo(
    peer: PeerId,
    write: (link: Link) => Uint8Array | Promise<Uint8Array>,
    options: OutboxSendOptions,
    active = true
  ): Promise<bigint | undefined> {
    const link = this.#components.linkManager.links.require(peer)
    const written = write(link)
    // awaited only where it has to be, so that what is sent in one tick keeps its order
    const envelope = written instanceof Uint8Array ? written : await written

    if (this.#components.linkManager.links.get(peer) !== link) {
      throw new NotLinkedError(`The link to ${peer} was closed before the message was signed`)
    }

    const beyond = await this.#outboxes.of(link).send(envelope, options)

    const now = this.#clock.now()

    this.#tally.bytesSent(envelope.byteLength)
    link.sent(envelope.byteLength, now)
    link.lastActivity = active ? now : link.lastActivity

    return beyond
  }

  #onEnvelope(
    connection: Connection,
    envelope: Envelope,
    byteLength: number,
    tell: (beyond: bigint) => void
  ): void | Promise<void> {
    const from = connection.remotePeer
    const link = this.#components.linkManager.links.get(from)

    if (link == null || this.#init.isBlacklisted(from)) {
      return undefined
    }

    const now = this.#clock.now()

    this.#tally.bytesReceived(byteLength)
    link.received(byteLength, now)
    this.#alive = false
    this.#init.onArrival?.(from)

    const handled = this.#receiver.receive(from, envelope, tell)

    // what comes straight from its origin has been dispatched
    link.lastActivity = this.#alive ? link.lastActivity : now

    const pace = this.#paceOf(link)
    const wait = pace.take(byteLength)

    if (pace.flooding) {
      this.#init.onFlood?.(from)
    }

    return wait > 0 ? this.#hold(wait, handled) : handled
  }

  #paceOf(link: Link): MessagePace {
    let pace = this.#paces.get(link)

    if (pace == null) {
      pace = new MessagePace(this.#clock, this.#init.pace)
      this.#paces.set(link, pace)
    }

    return pace
  }

  /** The next message of the stream is not read before so many milliseconds have passed. */
  async #hold(ms: number, handled: void | Promise<void>): Promise<void> {
    await handled
    await pause(this.#clock, ms, this.#lifetime.signal)
  }
}

function greatest(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  return a == null || (b != null && b > a) ? b : a
}

/** Says that the sender is there, and nothing else. */
function isAlive({ type, action }: Message): boolean {
  return type === 'control' && action === 'alive'
}
