/**
 * The clients that follow the events: by a stream (Server-Sent Events), or by
 * one request after another, each of which waits for the next events. A client
 * that does not read is dropped when its buffer is full.
 */
import { HEARTBEAT_INTERVAL_MS, MAX_EVENT_BUFFER_BYTES, MAX_EVENT_CLIENTS } from './constants.ts'
import { TooManyEventClientsError } from './errors.ts'
import { jsonLine } from './event-json.ts'
import { Lifetime } from '../lib/lifetime.ts'
import { onEvents, waitFor } from '../lib/wait-for.ts'
import type { EventJson } from './event-json.ts'
import type { EventLog, LoggedEvent, LoggedEvents } from './event-log.ts'
import type { Clock, Timer } from '../lib/clock.ts'

export interface EventStreamInit {
  /** @default 16 */
  maxClients?: number
  /** @default 8 MiB */
  maxBufferBytes?: number
  /** @default 15,000 ms */
  heartbeatInterval?: number
}

export interface EventStreamComponents {
  log: EventLog
  clock: Clock
}

export interface EventFilter {
  /** The id of the last event that the client has. @default that of the last one there is */
  since?: string
  /** The names of the events wanted. @default all */
  types?: ReadonlySet<string>
}

export interface EventPage extends LoggedEvents {
  /** What the next request gives as `since`. */
  last: string
}

interface Client {
  controller: ReadableStreamDefaultController<Uint8Array>
  types?: ReadonlySet<string>
  /** Ends the connection at once, with what still waits on it. */
  drop: () => void
}

const encoder = new TextEncoder()

export class EventStream {
  readonly #log: EventLog
  readonly #clock: Clock
  readonly #maxClients: number
  readonly #maxBufferBytes: number
  readonly #heartbeatInterval: number
  readonly #clients = new Set<Client>()
  readonly #lifetime = new Lifetime()
  /** Requests that wait. */
  #waiting = 0
  #unfollow?: () => void
  #heartbeat?: Timer

  constructor({ log, clock }: EventStreamComponents, init: EventStreamInit = {}) {
    this.#log = log
    this.#clock = clock
    this.#maxClients = init.maxClients ?? MAX_EVENT_CLIENTS
    this.#maxBufferBytes = init.maxBufferBytes ?? MAX_EVENT_BUFFER_BYTES
    this.#heartbeatInterval = init.heartbeatInterval ?? HEARTBEAT_INTERVAL_MS
  }

  get clients(): number {
    return this.#clients.size + this.#waiting
  }

  /**
   * A stream for one more client, which begins with `first` and what the client
   * missed; `missed` tells it when some of that is no longer kept.
   *
   * @throws {TooManyEventClientsError}
   */
  open(first: EventJson, drop: () => void, { since, types }: EventFilter = {}): ReadableStream<Uint8Array> {
    this.#checkRoom()

    const { events, missed } = since == null ? { events: [], missed: false } : this.#log.since(since)
    let client: Client

    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          client = { controller, types, drop }
          this.#add(client)
          // with an id of its own, a client that loses the stream before the first event misses nothing
          controller.enqueue(encodeJson(first, since == null ? this.#log.last : undefined))

          if (missed) {
            controller.enqueue(encodeJson({ event: 'missed', time: this.#clock.now() }))
          }

          for (const event of events.filter((kept) => isWanted(kept, types))) {
            controller.enqueue(encodeEvent(event))
          }
        },
        cancel: () => this.#remove(client)
      },
      { highWaterMark: this.#maxBufferBytes, size: (bytes) => bytes.byteLength }
    )
  }

  /**
   * The events after `since`; waits for the first of them, but not for longer
   * than `timeout` (milliseconds).
   *
   * @throws {TooManyEventClientsError}
   */
  async poll({ since, types }: EventFilter, timeout: number, signal: AbortSignal): Promise<EventPage> {
    const kept = this.#log.since(since ?? this.#log.last)
    const events = kept.events.filter((event) => isWanted(event, types))

    if (events.length === 0 && !kept.missed && timeout > 0 && !signal.aborted) {
      this.#checkRoom()
      await this.#next(events, types, timeout, signal)
    }

    return { events, missed: kept.missed, last: this.#log.last }
  }

  /** Ends every client's stream and the requests that wait. */
  stop(): void {
    for (const client of this.#clients) {
      this.#remove(client)
      client.controller.close()
    }

    this.#lifetime.stop()
    this.#lifetime.start()
  }

  #checkRoom(): void {
    if (this.clients >= this.#maxClients) {
      throw new TooManyEventClientsError(this.#maxClients)
    }
  }

  /** Waits until the next events have been added to `events`. */
  async #next(
    events: LoggedEvent[],
    types: ReadonlySet<string> | undefined,
    timeout: number,
    signal: AbortSignal
  ): Promise<void> {
    const { signal: stopped } = this.#lifetime

    this.#waiting++

    try {
      await waitFor(() => events.length > 0 || signal.aborted || stopped.aborted, {
        clock: this.#clock,
        timeout,
        on: [
          (check) =>
            this.#log.follow((event) => {
              if (isWanted(event, types)) {
                events.push(event)
                check()
              }
            }),
          onEvents(signal, 'abort'),
          onEvents(stopped, 'abort')
        ]
      })
    } finally {
      this.#waiting--
    }
  }

  #add(client: Client): void {
    this.#clients.add(client)
    this.#unfollow ??= this.#log.follow((event) => this.#write(encodeEvent(event), event))

    if (this.#heartbeat == null) {
      this.#beat()
    }
  }

  #remove(client: Client): void {
    this.#clients.delete(client)

    if (this.#clients.size === 0) {
      this.#unfollow?.()
      this.#unfollow = undefined
      this.#heartbeat?.clear()
      this.#heartbeat = undefined
    }
  }

  #beat(): void {
    this.#heartbeat = this.#clock.setTimeout(() => {
      this.#beat()
      // with the last id, so that a client that wants few events does not resume before a thousand others
      this.#write(encoder.encode(`: alive\nid: ${this.#log.last}\n\n`))
    }, this.#heartbeatInterval)
  }

  #write(bytes: Uint8Array, event?: LoggedEvent): void {
    for (const client of this.#clients) {
      if (event != null && !isWanted(event, client.types)) {
        continue
      }

      if ((client.controller.desiredSize ?? 0) >= bytes.byteLength) {
        client.controller.enqueue(bytes)
      } else {
        this.#remove(client)
        client.drop()
      }
    }
  }
}

function isWanted({ name }: LoggedEvent, types: ReadonlySet<string> | undefined): boolean {
  return types == null || types.has(name)
}

function encodeEvent({ id, name, line }: LoggedEvent): Uint8Array {
  return encoder.encode(`id: ${id}\nevent: ${name}\ndata: ${line}\n\n`)
}

function encodeJson(event: EventJson, id?: string): Uint8Array {
  const head = id == null ? '' : `id: ${id}\n`

  return encoder.encode(`${head}event: ${event.event}\ndata: ${jsonLine(event)}\n\n`)
}
