import { AbortError, TimeoutError } from '@libp2p/interface'
import { isViolation } from '../errors.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { deadline } from '../../src/lib/deadline.ts'
import { toError } from '../../src/lib/to-error.ts'
import { answer } from './codec.ts'
import { ModelProtocolError } from './errors.ts'
import { contentId, openHeader } from './header.ts'
import { MAX_MODEL_STREAMS, MODEL_ANSWER_TIMEOUT_MS, MODEL_PROTOCOL } from './limits.ts'
import { ModelStream } from './model-stream.ts'
import { openSink } from './open-sink.ts'
import { SinkEnd } from './sink-end.ts'
import { SourceEnd } from './source-end.ts'
import type { ModelStreamInit } from './model-stream.ts'
import type { ChunkSource } from './chunk-source.ts'
import type { Activity, SourceEndInit } from './source-end.ts'
import type { ModelFrame, Offer, Reason, SignedHeader, Want } from './types.ts'
import type {
  AbortOptions,
  ComponentLogger,
  Connection,
  Logger,
  PeerId,
  Startable,
  Stream
} from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'

export interface ModelProtocolComponents {
  registrar: Registrar
  logger: ComponentLogger
}

export interface ModelProtocolInit
  extends ModelStreamInit, Pick<SourceEndInit, 'idleTimeout' | 'requestTimeout'> {
  /** Whether the peer may offer and want; may wait for a link that is being made. Nothing is read before. */
  accept(connection: Connection): Promise<boolean>
  /** The header of a model that this node has or gets; what is known is not verified again. */
  known(id: string): SignedHeader | undefined
  /** A peer offers a model; the sink is answered and, when it accepts or reserves, run. */
  onOffer(connection: Connection, sink: SinkEnd): Promise<void>
  /** A peer wants a model: from what it is served, or why not. */
  onWant(connection: Connection, id: string): ChunkSource | Reason
  /** What is done for a peer that wanted a model. */
  onServing?(connection: Connection, source: ChunkSource, activity: Activity): void
  /** Serving what a peer wanted has ended. */
  onServed?(connection: Connection, source: ChunkSource, error?: Error): void
  /** So many bytes of a chunk were handed to the transport for the peer. */
  onSent?(peer: PeerId, bytes: number): void
  /** The peer broke the protocol; its stream is reset. */
  onViolation(peer: PeerId, error: Error): void
  /** @default 32 */
  maxStreamsPerConnection?: number
}

/** The streams of `/nebula/model/1.0.0`, one for each transfer. */
export class ModelProtocol implements Startable {
  readonly #components: ModelProtocolComponents
  readonly #init: ModelProtocolInit
  readonly #log: Logger
  readonly #streams = new Map<ModelStream, Connection>()
  #started = false

  constructor(components: ModelProtocolComponents, init: ModelProtocolInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:model')
  }

  async start(): Promise<void> {
    if (this.#started) {
      return
    }

    this.#started = true
    const maxStreams = this.#init.maxStreamsPerConnection ?? MAX_MODEL_STREAMS

    await this.#components.registrar.handle(
      MODEL_PROTOCOL,
      (stream, connection) => {
        void this.#receive(new ModelStream(stream, this.#init), connection)
      },
      { maxInboundStreams: maxStreams, maxOutboundStreams: maxStreams }
    )
  }

  /** Tells every peer and waits until the streams are over, at most the close timeout twice. */
  async stop(): Promise<void> {
    if (!this.#started) {
      return
    }

    this.#started = false
    await this.#components.registrar.unhandle(MODEL_PROTOCOL)
    await Promise.all(
      [...this.#streams.keys()].map(async (stream) =>
        stream.leave({ type: 'cancel', reason: 'SHUTTING_DOWN' })
      )
    )
  }

  /**
   * Ends what passes over a connection whose peer is no longer linked. A stream
   * that this end has left ends by itself: a reset may overtake what it said last.
   */
  dismiss(connection: Connection): void {
    for (const [stream, owner] of this.#streams) {
      if (owner === connection && !stream.left) {
        stream.abort(new AbortError('The link was closed'))
      }
    }
  }

  /**
   * Offers a model and sends what the peer asks for.
   *
   * @param use - runs the end, with `offer()`
   * @throws what `use` throws; when the stream cannot be opened
   */
  async offer<T>(
    connection: Connection,
    source: ChunkSource,
    init: Omit<SourceEndInit, 'clock' | 'idleTimeout' | 'requestTimeout'>,
    use: (end: SourceEnd) => Promise<T>
  ): Promise<T> {
    return this.#use(connection, async (stream) =>
      use(
        new SourceEnd(stream, source, { ...this.#init, ...init, onProgress: this.#sentTo(connection, init) })
      )
    )
  }

  /**
   * Asks for a model.
   *
   * @param signed - its header, unless that is wanted, too
   * @param use - runs the sink; nothing has been requested yet
   * @throws {ModelRefusedError} when the peer does not serve it
   * @throws what `use` throws; when the stream cannot be opened
   */
  async want<T>(
    connection: Connection,
    id: string,
    signed: SignedHeader | undefined,
    use: (sink: SinkEnd) => Promise<T>,
    options?: AbortOptions
  ): Promise<T> {
    return this.#use(connection, async (stream) => use(await openSink(stream, id, signed, options)), options)
  }

  async #use<T>(
    connection: Connection,
    use: (stream: ModelStream) => Promise<T>,
    options?: AbortOptions
  ): Promise<T> {
    const stream = new ModelStream(await this.#open(connection, options), this.#init)

    return this.#track(stream, connection, async () => use(stream))
  }

  /** @throws {TimeoutError} when the peer does not take the stream in time */
  async #open(connection: Connection, options?: AbortOptions): Promise<Stream> {
    const timeoutMs = this.#init.answerTimeout ?? MODEL_ANSWER_TIMEOUT_MS
    const limit = deadline(this.#init.clock ?? systemClock, timeoutMs, options?.signal)

    try {
      return await connection.newStream(MODEL_PROTOCOL, { signal: limit.signal })
    } catch (err) {
      throw limit.expired
        ? new TimeoutError(`${connection.remotePeer} took no stream within ${timeoutMs} ms`)
        : err
    } finally {
      limit.clear()
    }
  }

  async #receive(stream: ModelStream, connection: Connection): Promise<void> {
    try {
      await this.#track(stream, connection, async () => {
        if (!(await this.#init.accept(connection))) {
          throw new AbortError('There is no link')
        }

        await this.#onFirst(await stream.readFirst(), stream, connection)
      })
    } catch (err) {
      this.#log('transfer with %p ended - %e', connection.remotePeer, err)
    }
  }

  async #onFirst(frame: ModelFrame, stream: ModelStream, connection: Connection): Promise<void> {
    if (frame.type === 'offer') {
      await this.#onOffer(frame, stream, connection)
    } else if (frame.type === 'want') {
      await this.#onWant(frame, stream, connection)
    } else {
      throw new ModelProtocolError(`Frame "${frame.type}" at the beginning`)
    }
  }

  async #onOffer(offer: Offer, stream: ModelStream, connection: Connection): Promise<void> {
    const signed =
      this.#init.known(contentId(offer.header)) ?? (await openHeader(offer.header, offer.signature))

    await this.#init.onOffer(
      connection,
      new SinkEnd(stream, signed, { offered: true, complete: offer.complete })
    )
  }

  async #onWant(want: Want, stream: ModelStream, connection: Connection): Promise<void> {
    const source = this.#init.onWant(connection, want.id)

    if (typeof source === 'string') {
      await stream.leave(answer('REFUSE', { reason: source }))

      return
    }

    let failure: Error | undefined

    try {
      await new SourceEnd(stream, source, {
        ...this.#init,
        onProgress: this.#sentTo(connection),
        onActivity: (activity) => this.#init.onServing?.(connection, source, activity)
      }).serve(want)
    } catch (err) {
      failure = toError(err)

      throw failure
    } finally {
      this.#init.onServed?.(connection, source, failure)
    }
  }

  #sentTo(
    { remotePeer }: Connection,
    { onProgress }: Pick<SourceEndInit, 'onProgress'> = {}
  ): (bytes: number) => void {
    return (bytes) => {
      this.#init.onSent?.(remotePeer, bytes)
      onProgress?.(bytes)
    }
  }

  /** Ends the stream with what is done on it, and charges the peer for what it broke. */
  async #track<T>(stream: ModelStream, connection: Connection, use: () => Promise<T>): Promise<T> {
    this.#streams.set(stream, connection)

    try {
      return await use()
    } catch (err) {
      const error = toError(err)

      if (isViolation(error)) {
        this.#init.onViolation(connection.remotePeer, error)
      }

      if (!stream.left) {
        stream.abort(error)
      }

      throw error
    } finally {
      this.#streams.delete(stream)
    }
  }
}
