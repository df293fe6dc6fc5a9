import { raceSignal } from 'race-signal'
import { systemClock } from '../lib/clock.ts'
import { ModelRefusedError } from '../../protocols/model/index.ts'
import { MODEL_STALL_TIMEOUT_MS } from '../../protocols/model/limits.ts'
import { MAX_STALL_TIMEOUTS } from './constants.ts'
import { Download } from './download.ts'
import { DiskFullError, ModelTransferError } from './errors.ts'
import { ModelReader } from './model-reader.ts'
import { ReceiveRoom } from './receive-room.ts'
import { StoredModel } from './stored-model.ts'
import type { Clock } from '../lib/clock.ts'
import type { DownloadInit } from './download.ts'
import type { ModelExchangeEvents } from './events.ts'
import type { ModelDisk } from './model-disk.ts'
import type { ModelStore } from './model-store.ts'
import type { ReceiveRoomInit } from './receive-room.ts'
import type { Uploads } from './uploads.ts'
import type {
  ModelHeader,
  ModelProtocol,
  Reason,
  SignedHeader,
  SinkEnd
} from '../../protocols/model/index.ts'
import type { AbortOptions, ComponentLogger, Connection, Logger, PeerId } from '@libp2p/interface'
import type { TypedEventEmitter } from 'main-event'

export interface DownloadsComponents {
  peerId: PeerId
  logger: ComponentLogger
  protocol: ModelProtocol
  disk: ModelDisk
  store: ModelStore
  uploads: Uploads
  /** Offers a model to the peer at the end of a connection. */
  send(model: StoredModel, connection: Connection): Promise<unknown>
  events: TypedEventEmitter<ModelExchangeEvents>
}

export interface DownloadsInit
  extends Omit<DownloadInit, 'isServed' | 'onOrphan' | 'onRecovered' | 'onProgress'>, ReceiveRoomInit {
  federation: string
  maxModelBytes: number
  /** Why a model is not taken from the peer, if it is not; its signature was verified. `wanted`: this node asked for it. */
  refuse?(signed: SignedHeader, from: PeerId, wanted: boolean): Reason | undefined
  /** The neighbours to which a model is passed on while it comes. */
  relay?(header: ModelHeader, from: PeerId): Connection[]
  /** Who may have a model whose sources were lost. */
  alternatives?(header: ModelHeader): Connection[]
  /** A model goes on coming where an earlier transfer has ended. */
  onResumed?(): void
}

/** The models being received, each from all who offer it. */
export class Downloads {
  readonly #components: DownloadsComponents
  readonly #init: DownloadsInit
  readonly #log: Logger
  readonly #clock: Clock
  readonly #stallTimeout: number
  readonly #running = new Map<string, Download>()
  readonly #room: ReceiveRoom
  /** Until when models that nobody had are not taken from those that lack a part of them, too. */
  readonly #embargoes = new WeakMap<StoredModel, number>()

  constructor(components: DownloadsComponents, init: DownloadsInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:models')
    this.#clock = init.clock ?? systemClock
    this.#stallTimeout = init.stallTimeout ?? MODEL_STALL_TIMEOUT_MS
    this.#room = new ReceiveRoom(this.#running, components.store, init)
  }

  has(id: string): boolean {
    return this.#running.has(id)
  }

  cancel(id: string): void {
    this.#running.get(id)?.cancel('CANCELLED', new Error('The transfer was cancelled'))
  }

  stop(): void {
    for (const download of this.#running.values()) {
      download.cancel('SHUTTING_DOWN', new Error('The overlay was stopped'))
    }

    this.#running.clear()
  }

  /** Answers an offer, and takes part in the transfer until it is over. */
  async onOffer(connection: Connection, sink: SinkEnd): Promise<void> {
    if (this.#components.store.get(sink.signed.id)?.complete === true) {
      await sink.have()

      return
    }

    await this.#components.disk.measure()

    const download = this.#join(sink, connection.remotePeer, false)

    if (typeof download === 'string') {
      await sink.refuse(download)
    } else {
      await download.run(sink, connection.remotePeer)
    }
  }

  /**
   * Asks a peer for a model; resolves when it is whole, from whomever.
   *
   * @throws {ModelRefusedError} when the peer does not serve it, or this node does not take it
   * @throws {ModelTransferError} when every source was lost
   */
  async fetch(id: string, connection: Connection, options?: AbortOptions): Promise<StoredModel> {
    const begun = Promise.withResolvers<Download>()
    const known = this.#components.store.get(id)?.signed

    this.#components.protocol
      .want(
        connection,
        id,
        known,
        async (sink) => {
          await this.#components.disk.measure()

          const download = this.#join(sink, connection.remotePeer, true)

          if (typeof download === 'string') {
            sink.cancel(download)

            throw new ModelRefusedError(download, `This node does not take the model (${download})`)
          }

          const onAbort = (): void => sink.cancel('CANCELLED')

          options?.signal?.addEventListener('abort', onAbort)
          begun.resolve(download)

          try {
            await download.run(sink, connection.remotePeer)
          } finally {
            options?.signal?.removeEventListener('abort', onAbort)
          }
        },
        options
      )
      .catch((err: Error) => {
        this.#log('fetching from %p ended - %e', connection.remotePeer, err)
        begun.reject(err)
      })

    const download = await begun.promise

    await raceSignal(download.completed, options?.signal)

    return download.model
  }

  /** The download of a model, begun if there is none; in one go, so that two offers never begin two. */
  #join({ signed, complete }: SinkEnd, from: PeerId, wanted: boolean): Download | Reason {
    const running = this.#running.get(signed.id)

    if (running != null) {
      return running
    }

    const model = this.#refusal(signed, from, wanted) ?? this.#store(signed, from, complete)

    return typeof model === 'string' ? model : this.#begin(model, from)
  }

  #refusal(signed: SignedHeader, from: PeerId, wanted: boolean): Reason | undefined {
    const { header } = signed

    if (header.federation !== this.#init.federation) {
      return 'FEDERATION_MISMATCH'
    }

    if (Math.max(header.decodedSize, header.encodedSize) > this.#init.maxModelBytes) {
      return 'TOO_LARGE'
    }

    // what it made and no longer keeps it does not need
    if (header.origin.equals(this.#components.peerId)) {
      return 'UNWANTED'
    }

    return this.#init.refuse?.(signed, from, wanted)
  }

  /** What has come of the model before, or room for all of it. */
  #store(signed: SignedHeader, from: PeerId, complete: boolean): StoredModel | Reason {
    const { store, disk } = this.#components
    const stored = store.get(signed.id)
    const { encodedSize } = signed.header
    const embargo = stored != null && !complete && (this.#embargoes.get(stored) ?? 0) > this.#clock.now()

    if (stored == null && store.lacksDisk(encodedSize)) {
      disk.lacks(encodedSize)

      return 'NO_SPACE'
    }

    if (
      embargo ||
      !this.#room.make(from, encodedSize, stored != null, (download, slow) => this.#giveUp(download, slow))
    ) {
      return 'BUSY'
    }

    if (stored != null) {
      return stored
    }

    const model = new StoredModel(signed, disk.create(), false)

    try {
      store.add(model)

      return model
    } catch {
      void model.drop()

      return 'BUSY'
    }
  }

  /** Others have a right to its place. */
  #giveUp(download: Download, slow: boolean): void {
    this.#running.delete(download.model.id)

    if (slow) {
      download.giveUpSlow(new ModelTransferError('The model came too slowly, and others waited'))
    } else {
      download.cancel('BUSY', new ModelTransferError('The model made room for those of others'))
    }
  }

  #begin(model: StoredModel, from: PeerId): Download {
    const { store, disk, uploads, events } = this.#components
    const reader = new ModelReader(model)
    const download = new Download(model, {
      ...this.#init,
      isServed: (peer) => uploads.isServed(peer, model.id),
      onOrphan: () => this.#seek(download),
      onRecovered: () => {
        this.#noteResumption(model)
        this.#relay(model, from)
      },
      onProgress: (bytes) => events.safeDispatchEvent('model:progress', { detail: { model: reader, bytes } })
    })

    this.#running.set(model.id, download)
    this.#noteResumption(model)
    events.safeDispatchEvent('model:begin', { detail: { model: reader, from } })
    download.completed.then(
      () => {
        this.#running.delete(model.id)
        store.renew(model)
        disk.written()
        events.safeDispatchEvent('model', { detail: { model: reader, from } })
      },
      (error: Error) => {
        // it may have begun again
        if (this.#running.get(model.id) === download) {
          this.#running.delete(model.id)
        }

        // or nodes that lack the same would begin it again and again because of one another
        if (download.abandoned) {
          this.#embargoes.set(model, this.#clock.now() + MAX_STALL_TIMEOUTS * this.#stallTimeout)
        }

        uploads.cancel(model.id, 'FAILED')

        // it would keep the disk full, and cannot go on
        if (error instanceof DiskFullError) {
          void store.remove(model.id)
          disk.lacks(model.signed.header.encodedSize)
        }

        events.safeDispatchEvent('model:failed', { detail: { model: reader, from, error } })
      }
    )

    this.#relay(model, from)

    return download
  }

  #noteResumption(model: StoredModel): void {
    if (model.receivedBytes > 0 && !model.complete) {
      this.#init.onResumed?.()
    }
  }

  #relay(model: StoredModel, from: PeerId): void {
    const { uploads, send } = this.#components

    for (const connection of this.#init.relay?.(model.signed.header, from) ?? []) {
      if (!uploads.isOffered(connection.remotePeer, model.id)) {
        send(model, connection).catch((err: Error) => {
          this.#log('model was not passed on to %p - %e', connection.remotePeer, err)
        })
      }
    }
  }

  /** Asks others for a model of which every source was lost. */
  #seek(download: Download): void {
    const { uploads, protocol } = this.#components
    const { signed } = download.model

    // those behind this node may have other sources, and must not wait for it
    uploads.cancel(signed.id, 'NOT_FOUND')

    for (const connection of this.#init.alternatives?.(signed.header) ?? []) {
      const peer = connection.remotePeer

      if (!download.knows(peer)) {
        protocol
          .want(connection, signed.id, signed, async (sink) => download.run(sink, peer))
          .catch((err: Error) => {
            this.#log('%p is no source of the model - %e', peer, err)
          })
      }
    }
  }
}
