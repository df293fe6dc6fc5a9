import { anySignal } from 'any-signal'
import { TypedEventEmitter } from 'main-event'
import { raceSignal } from 'race-signal'
import { Lifetime } from '../lib/lifetime.ts'
import { systemClock } from '../lib/clock.ts'
import { isStall } from '../../protocols/errors.ts'
import { LearningFinishedError } from '../messages/errors.ts'
import { ModelExchange, ModelGoneError } from '../propagation/index.ts'
import { LateNeighbours } from './late-neighbours.ts'
import { giveUpWith } from './give-up.ts'
import { modelInfo } from './model-info.ts'
import { checkNewModel } from './new-model.ts'
import { ModelIntake } from './model-intake.ts'
import { ModelTally } from './model-tally.ts'
import { RelayPolicy } from './relay-policy.ts'
import { storageOf } from './storage-of.ts'
import { firstError, sendToEach } from '../lib/settle-all.ts'
import { toError } from '../lib/to-error.ts'
import type {
  ModelDelivery,
  ModelEvents,
  ModelInfo,
  ModelObserver,
  NewModel,
  ReadableModel,
  ReceivedModel,
  SendModelOptions
} from './types.ts'
import type { ModelIntakeInit } from './model-intake.ts'
import type { ModelCounts } from './model-tally.ts'
import type { RelayPolicyInit } from './relay-policy.ts'
import type { StorageInit } from './storage-of.ts'
import type { Clock } from '../lib/clock.ts'
import type { ModelHeader, SourceOutcome } from '../../protocols/model/index.ts'
import type { Link, LinkManager } from '../links/index.ts'
import type { ModelExchangeInit, StoredModel } from '../propagation/index.ts'
import type {
  AbortOptions,
  ComponentLogger,
  Connection,
  Logger,
  PeerId,
  PrivateKey,
  Startable
} from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import type { Datastore } from 'interface-datastore'

export interface ModelsComponents {
  peerId: PeerId
  privateKey: PrivateKey
  registrar: Registrar
  logger: ComponentLogger
  linkManager: LinkManager
  datastore: Datastore
}

export interface ModelsInit
  extends
    RelayPolicyInit,
    ModelIntakeInit,
    StorageInit,
    Omit<
      ModelExchangeInit,
      | 'accept'
      | 'refuse'
      | 'relay'
      | 'alternatives'
      | 'storage'
      | 'onViolation'
      | 'onOffered'
      | 'onServed'
      | 'onResumed'
    > {
  clock?: Clock
}

/** Sends models over links, tells of those that come, and passes on those that are to be passed on. */
export class Models extends TypedEventEmitter<ModelEvents> implements Startable {
  readonly #components: ModelsComponents
  readonly #init: ModelsInit
  readonly #log: Logger
  readonly #clock: Clock
  readonly #exchange: ModelExchange
  readonly #relays: RelayPolicy
  readonly #late: LateNeighbours
  readonly #intake: ModelIntake
  readonly #tally = new ModelTally()
  /** Told how it ended with models that came. */
  observer?: ModelObserver
  readonly #lifetime = new Lifetime()

  constructor(components: ModelsComponents, init: ModelsInit) {
    super()
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:models')
    this.#clock = init.clock ?? systemClock
    this.#relays = new RelayPolicy(init)
    this.#intake = new ModelIntake(this, {
      ...init,
      giveUp: async (given, task) => this.#untilStopped(given, task)
    })
    this.#exchange = new ModelExchange(components, {
      ...init,
      ...storageOf(init),
      accept: async ({ remotePeer }) => {
        await init.askEngine?.()

        return components.linkManager.awaitLink(remotePeer, this.#lifetime.signal)
      },
      refuse: (signed, from, wanted) => this.#intake.refuse(signed, from, wanted),
      onSent: (peer, bytes) => {
        this.#tally.bytesSent(bytes)
        this.#touch(peer)
      },
      onReceived: (peer, bytes) => {
        this.#tally.bytesReceived(bytes)
        this.#touch(peer)
      },
      onOffered: async (connection, result) => this.#onOffered(connection, result),
      onServed: (_, error) => this.#tally.sent(error == null ? 'served' : 'failed'),
      onResumed: () => this.#tally.resumed(),
      onStall: (peer) => this.#onStall(peer),
      onViolation: (peer, error) => {
        this.#tally.violation(error)
        init.onViolation(peer, error)
      },
      relay: (header, from) => this.#relayTo(header, from),
      alternatives: () => this.#neighbours().map(({ connection }) => connection)
    })
    this.#late = new LateNeighbours({
      offer: (id, peer) => this.#offerLate(id, peer),
      isRelayed: (model) => this.#relays.allows(model)
    })
    this.#intake.follow(this.#exchange, {
      onBegin: (model) => this.#late.begins(model, this.#neighbourIds()),
      onComplete: (model) => this.#late.completes(model, this.#neighbourIds(), this.list()),
      onFailed: (model) => this.#late.fails(model),
      onOutcome: (model, outcome, ms) => this.observer?.received(model, outcome, ms)
    })
  }

  async start(): Promise<void> {
    this.#lifetime.start()
    this.#components.linkManager.addEventListener('open', this.#onLink)
    this.#components.linkManager.addEventListener('direct', this.#onLink)
    this.#components.linkManager.addEventListener('close', this.#onLinkClose)
    await this.#exchange.start()
  }

  async stop(): Promise<void> {
    this.#lifetime.stop()
    this.#components.linkManager.removeEventListener('open', this.#onLink)
    this.#components.linkManager.removeEventListener('direct', this.#onLink)
    this.#components.linkManager.removeEventListener('close', this.#onLinkClose)
    this.#late.clear()
    await this.#exchange.stop()
  }

  /** What was sent and received so far. */
  get counts(): Readonly<ModelCounts> {
    return this.#tally.counts
  }

  /** @see Nebula.models */
  list(): ModelInfo[] {
    return this.#exchange.models().map(({ id, signed }) => modelInfo(id, signed.header))
  }

  /** @see Nebula.createModel */
  async create(model: NewModel, options?: AbortOptions): Promise<ModelInfo> {
    checkNewModel(model)

    const stored = await this.#untilStopped(options?.signal, async (signal) =>
      this.#exchange.create({ weight: 1n, ...model }, { signal })
    )

    return modelInfo(stored.id, stored.signed.header)
  }

  /** @see Nebula.sendModel */
  async send(
    peers: PeerId[],
    model: NewModel | ModelInfo,
    options: SendModelOptions = {}
  ): Promise<ModelDelivery[]> {
    const links = peers.map((peer) => this.#components.linkManager.links.require(peer))

    await raceSignal(this.#init.askEngine?.(), options.signal)

    if (!this.#init.takesModels()) {
      throw new LearningFinishedError()
    }

    const { id } = 'id' in model ? model : await this.create(model, options)
    const stored = this.#stored(id)
    const release = stored.retain()
    const signal = anySignal([this.#lifetime.signal, options.signal])

    try {
      return await sendToEach(links, async (link) => this.#sendTo(link, stored, { ...options, signal }), {
        clock: this.#clock,
        interval: options.interval,
        signal
      })
    } finally {
      release()
      signal.clear()
    }
  }

  /** As `send`, to one peer whose failure is told as it is. */
  async sendTo(peer: PeerId, model: NewModel, options?: AbortOptions): Promise<void> {
    try {
      await this.send([peer], model, { signal: options?.signal })
    } catch (err) {
      throw firstError(err)
    }
  }

  /**
   * Makes a model and offers it to the neighbours, as those are that are passed
   * on; `false` when there are too many.
   *
   * @throws {LearningFinishedError} once learning has finished, unless the engine says `modelsWhenFinished`
   * @throws what `create` throws
   */
  async forward(model: NewModel, except?: PeerId): Promise<boolean> {
    await this.#init.askEngine?.()

    if (!this.#init.takesModels()) {
      throw new LearningFinishedError()
    }

    if (!this.#relays.take(this.#components.peerId)) {
      return false
    }

    const made = await this.create(model)
    const peers = this.#neighbourIds().filter((peer) => except?.equals(peer) !== true)

    this.send(peers, made).catch((err: unknown) => {
      this.#log('not all neighbours got a model - %e', toError(err))
    })

    return true
  }

  /** @see Nebula.fetchModel */
  async fetch(id: string, peer: PeerId, options?: AbortOptions): Promise<ReceivedModel> {
    const { connection } = this.#components.linkManager.links.require(peer)

    await raceSignal(this.#init.askEngine?.(), options?.signal)

    const reader = await this.#untilStopped(options?.signal, async (signal) =>
      this.#exchange.fetch(id, connection, { signal })
    )

    return this.#intake.received(reader, peer)
  }

  /** @see Nebula.openModel */
  open(id: string): ReadableModel {
    return this.#intake.readable(this.#exchange.reader(this.#stored(id)))
  }

  /** @see Nebula.cancelModel */
  cancel(id: string): void {
    this.#exchange.cancel(id)
  }

  /** What is not started answers for itself. */
  async #untilStopped<T>(
    given: AbortSignal | undefined,
    task: (signal: AbortSignal) => Promise<T>
  ): Promise<T> {
    const { signal } = this.#lifetime

    return giveUpWith(signal.aborted ? [given] : [signal, given], task)
  }

  async #sendTo(link: Link, stored: StoredModel, options: SendModelOptions): Promise<ModelDelivery> {
    const { peer, connection } = link
    const { signal, onProgress } = options

    this.#late.offered(stored.id, peer, this.list())

    const outcome = await this.#exchange.send(stored, connection, {
      signal,
      onProgress: (bytes) => onProgress?.(peer, bytes)
    })

    return { peer, outcome }
  }

  /** As with a message, a peer that does not take a model loses its link. */
  async #onOffered(connection: Connection, result: SourceOutcome | Error): Promise<void> {
    this.#tally.sent(result instanceof Error ? 'failed' : result)

    if (isStall(result)) {
      const { linkManager } = this.#components
      const peer = connection.remotePeer
      const link = linkManager.links.get(peer)

      this.#onStall(peer)

      if (link?.connection === connection) {
        await linkManager.close(peer, { reason: 'send-failed', mutual: false, link })
      }
    }
  }

  #onStall(peer: PeerId): void {
    this.#tally.stalled()
    this.#init.onStall?.(peer)
  }

  /** What passes of a model keeps the link from counting as idle. */
  #touch(peer: PeerId): void {
    this.#components.linkManager.links.get(peer)?.touch(this.#clock.now())
  }

  #relayTo(header: ModelHeader, from: PeerId): Connection[] {
    if (!this.#relays.allows(header) || !this.#relays.take(header.origin)) {
      return []
    }

    return this.#neighbours()
      .filter(({ peer }) => !peer.equals(from) && !peer.equals(header.origin))
      .map(({ connection }) => connection)
  }

  #offerLate(id: string, peer: PeerId): void {
    const link = this.#components.linkManager.links.get(peer)
    const stored = this.#exchange.models().find((model) => model.id === id)

    if (link?.direct === true && stored != null && !stored.signed.header.origin.equals(peer)) {
      this.#sendTo(link, stored, {}).catch((err: Error) => {
        this.#log('late neighbour %p did not get a model - %e', peer, err)
      })
    }
  }

  #neighbours(): Link[] {
    return this.#components.linkManager.links.select({ onlyDirect: true })
  }

  #neighbourIds(): PeerId[] {
    return this.#neighbours().map(({ peer }) => peer)
  }

  #stored(id: string): StoredModel {
    const stored = this.#exchange.models().find((model) => model.id === id)

    if (stored == null) {
      throw new ModelGoneError()
    }

    return stored
  }

  readonly #onLink = ({ detail: { peer, direct } }: CustomEvent<Link>): void => {
    if (direct) {
      this.#late.joins(peer, this.list())
    }
  }

  readonly #onLinkClose = ({ detail: { link } }: CustomEvent<{ link: Link }>): void => {
    this.#late.leaves(link.peer)
    this.#exchange.dismiss(link.connection)
  }
}
