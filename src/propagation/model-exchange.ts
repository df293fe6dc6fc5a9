import { TypedEventEmitter } from 'main-event'
import { isStall } from '../../protocols/errors.ts'
import { ModelProtocol, signHeader } from '../../protocols/model/index.ts'
import { DEFAULT_CHUNK_BYTES, MAX_MODEL_BYTES } from '../../protocols/model/limits.ts'
import { GrowingNumbers } from '../lib/growing-numbers.ts'
import { Downloads } from './downloads.ts'
import { encodePayload } from './encode-payload.ts'
import { ModelDisk } from './model-disk.ts'
import { ModelReader } from './model-reader.ts'
import { ModelStore } from './model-store.ts'
import { FileStorage } from './payload-storage.ts'
import { StoredModel } from './stored-model.ts'
import { Uploads } from './uploads.ts'
import { toError } from '../lib/to-error.ts'
import type { DownloadsInit } from './downloads.ts'
import type { GrowingNumbersComponents } from '../lib/growing-numbers.ts'
import type { ModelExchangeEvents } from './events.ts'
import type { ModelSource } from './model-source.ts'
import type { ModelStoreInit } from './model-store.ts'
import type { PayloadStorage } from './payload-storage.ts'
import type { SendModelOptions, UploadsInit } from './uploads.ts'
import type { Warnings } from '../warnings/index.ts'
import type {
  Encoding,
  ModelHeader,
  ModelProtocolComponents,
  ModelProtocolInit,
  Reason,
  SourceOutcome
} from '../../protocols/model/index.ts'
import type { AbortOptions, Connection, PeerId, PrivateKey, Startable } from '@libp2p/interface'

export interface ModelExchangeComponents extends ModelProtocolComponents, GrowingNumbersComponents {
  peerId: PeerId
  privateKey: PrivateKey
}

export interface ModelExchangeInit
  extends
    Partial<DownloadsInit>,
    Pick<
      ModelProtocolInit,
      | 'accept'
      | 'answerTimeout'
      | 'budget'
      | 'idleTimeout'
      | 'maxStreamsPerConnection'
      | 'onSent'
      | 'requestTimeout'
      | 'onViolation'
    >,
    ModelStoreInit,
    UploadsInit {
  federation: string
  /** @default files in a temporary directory */
  storage?: PayloadStorage
  warnings?: Pick<Warnings, 'raise' | 'end'>
  /** @default 1 GiB */
  maxModelBytes?: number
  /** Bytes of the chunks of this node's models. @default 262_144 */
  chunkSize?: number
  /** How this node's models are compressed, if that makes them smaller. @default 'zstd' */
  encoding?: Encoding
  /** How it ended when a model was offered over the connection, by this node itself or in passing it on. */
  onOffered?(connection: Connection, result: SourceOutcome | Error): Promise<void>
  /** How it ended when a peer was sent what it had asked for. */
  onServed?(peer: PeerId, error?: Error): void
}

export interface NewModel
  extends Partial<Pick<ModelHeader, 'kind' | 'details'>>, Pick<ModelHeader, 'round' | 'weight'> {
  payload: ModelSource
  encoding?: Encoding
}

/** Sends, receives, passes on and keeps models. */
export class ModelExchange extends TypedEventEmitter<ModelExchangeEvents> implements Startable {
  readonly #components: ModelExchangeComponents
  readonly #init: ModelExchangeInit
  readonly #numbers: GrowingNumbers
  readonly #maxModelBytes: number
  readonly #storage: PayloadStorage
  readonly #store: ModelStore
  readonly #disk: ModelDisk
  readonly #protocol: ModelProtocol
  readonly #uploads: Uploads
  readonly #downloads: Downloads
  #started = false

  constructor(components: ModelExchangeComponents, init: ModelExchangeInit) {
    super()
    this.#components = components
    this.#init = init
    this.#numbers = new GrowingNumbers(components, { name: 'model', clock: init.clock })
    this.#maxModelBytes = init.maxModelBytes ?? MAX_MODEL_BYTES
    this.#storage = init.storage ?? new FileStorage()
    this.#store = new ModelStore(init)

    this.#disk = new ModelDisk(
      { storage: this.#storage, store: this.#store, warnings: init.warnings },
      init.clock
    )

    const parts = {
      peerId: components.peerId,
      logger: components.logger,
      disk: this.#disk,
      store: this.#store,
      events: this
    }

    this.#protocol = new ModelProtocol(components, {
      ...init,
      known: (id) => this.#store.get(id)?.signed,
      onOffer: async (connection, sink) => this.#downloads.onOffer(connection, sink),
      onWant: (connection, id) => this.#onWant(connection, id),
      onServing: ({ remotePeer }, source, activity) => this.#uploads.serving(remotePeer, source, activity),
      onServed: ({ remotePeer }, source, error) => {
        this.#uploads.served(remotePeer, source, error)
        init.onServed?.(remotePeer, error)

        if (isStall(error)) {
          init.onStall?.(remotePeer)
        }
      }
    })
    this.#uploads = new Uploads(this.#protocol, init)
    this.#downloads = new Downloads(
      {
        ...parts,
        protocol: this.#protocol,
        uploads: this.#uploads,
        send: async (model, connection) => this.send(model, connection)
      },
      { ...init, maxModelBytes: this.#maxModelBytes }
    )
  }

  async start(): Promise<void> {
    if (!this.#started) {
      this.#started = true
      await this.#storage.start()
      await this.#protocol.start()
    }
  }

  async stop(): Promise<void> {
    if (this.#started) {
      this.#started = false
      this.#uploads.stop()
      this.#downloads.stop()
      await this.#protocol.stop()
      this.#disk.stop()
      this.#store.clear()
      await this.#storage.stop()
    }
  }

  /** The models that are whole, the newest last. */
  models(): StoredModel[] {
    return this.#store.complete()
  }

  reader(model: StoredModel): ModelReader {
    return new ModelReader(model)
  }

  /**
   * Compresses, signs and keeps a model of this node, ready to be sent.
   *
   * @throws {ModelTooLargeError} when it is above the limit
   * @throws {ModelStoreFullError} when there is no room beside those in use
   * @throws {DiskFullError} when the disk has none
   * @throws {InvalidModelHeaderError} when a field is outside its limits
   */
  async create(model: NewModel, options: AbortOptions = {}): Promise<StoredModel> {
    const payload = this.#disk.create()

    try {
      const encoded = await encodePayload(model.payload, payload, {
        encoding: model.encoding ?? this.#init.encoding ?? 'zstd',
        chunkSize: this.#init.chunkSize ?? DEFAULT_CHUNK_BYTES,
        maxModelBytes: this.#maxModelBytes,
        ...options
      })
      const header: ModelHeader = {
        ...encoded,
        federation: this.#init.federation,
        origin: this.#components.peerId,
        seqno: await this.#numbers.next(),
        kind: model.kind ?? 'model',
        round: model.round,
        weight: model.weight,
        details: model.details ?? new Uint8Array(0)
      }
      const stored = new StoredModel(
        await signHeader(header, this.#components.privateKey, options),
        payload,
        true
      )

      // the caller may have given up while the file system did not answer
      options.signal?.throwIfAborted()
      this.#store.add(stored)
      this.#disk.written()

      return stored
    } catch (err) {
      this.#disk.failed(err)
      await payload.remove()

      throw err
    }
  }

  /**
   * Offers a model to the peer at the end of a connection and sends what it lacks.
   *
   * @returns `delivered`, `have` when it had it, `pending` when it gets it from another
   * @throws {ModelRefusedError} when the peer refuses or gives up
   * @throws {ModelGoneError} when the model is no longer kept
   */
  async send(model: StoredModel, connection: Connection, options?: SendModelOptions): Promise<SourceOutcome> {
    let outcome: SourceOutcome

    try {
      outcome = await this.#uploads.send(model, connection, options)
    } catch (err) {
      await this.#init.onOffered?.(connection, toError(err))

      throw err
    }

    await this.#init.onOffered?.(connection, outcome)

    return outcome
  }

  /**
   * Asks a peer for a model that it is known to have; resolves when it is whole.
   *
   * @throws {ModelRefusedError} when the peer does not serve it, or this node does not want it
   * @throws {ModelTransferError} when every source was lost
   */
  async fetch(id: string, connection: Connection, options?: AbortOptions): Promise<ModelReader> {
    const stored = this.#store.get(id)

    return new ModelReader(
      stored?.complete === true ? stored : await this.#downloads.fetch(id, connection, options)
    )
  }

  /** Ends what passes over a connection whose peer is no longer linked. */
  dismiss(connection: Connection): void {
    this.#protocol.dismiss(connection)
  }

  /** Gives a model up that is being received. What has come stays for a while. */
  cancel(id: string): void {
    this.#downloads.cancel(id)
  }

  #onWant(connection: Connection, id: string): StoredModel | Reason {
    const model = this.#store.get(id)

    // what lacks would never come
    if (model == null || (!model.complete && !this.#downloads.has(id))) {
      return 'NOT_FOUND'
    }

    return this.#uploads.serve(connection.remotePeer, model) ? model : 'BUSY'
  }
}
