/**
 * The live stream (Server-Sent Events). It follows the overlay while a client
 * reads: each event is written once and shared by all clients, and a client
 * that does not read is dropped when its buffer is full.
 */
import { jsonLine, watchEvents } from './event-json.ts'
import { HEARTBEAT_INTERVAL_MS, MAX_EVENT_BUFFER_BYTES, MAX_EVENT_CLIENTS } from './constants.ts'
import { TooManyEventClientsError } from './errors.ts'
import type { EventJson } from './event-json.ts'
import type { Nebula } from '../interface.ts'
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
  nebula: Nebula
  clock: Clock
}

interface Client {
  controller: ReadableStreamDefaultController<Uint8Array>
  /** Ends the connection at once, with what still waits on it. */
  drop: () => void
}

const encoder = new TextEncoder()
const HEARTBEAT = encoder.encode(': alive\n\n')

export class EventStream {
  readonly #components: EventStreamComponents
  readonly #maxClients: number
  readonly #maxBufferBytes: number
  readonly #heartbeatInterval: number
  readonly #clients = new Set<Client>()
  #unwatch?: () => void
  #heartbeat?: Timer

  constructor(components: EventStreamComponents, init: EventStreamInit = {}) {
    this.#components = components
    this.#maxClients = init.maxClients ?? MAX_EVENT_CLIENTS
    this.#maxBufferBytes = init.maxBufferBytes ?? MAX_EVENT_BUFFER_BYTES
    this.#heartbeatInterval = init.heartbeatInterval ?? HEARTBEAT_INTERVAL_MS
  }

  get clients(): number {
    return this.#clients.size
  }

  /**
   * A stream for one more client, which begins with `first`.
   *
   * @throws {TooManyEventClientsError}
   */
  open(first: EventJson, drop: () => void): ReadableStream<Uint8Array> {
    if (this.#clients.size >= this.#maxClients) {
      throw new TooManyEventClientsError(this.#maxClients)
    }

    let client: Client

    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          client = { controller, drop }
          this.#add(client)
          controller.enqueue(encodeEvent(first))
        },
        cancel: () => this.#remove(client)
      },
      { highWaterMark: this.#maxBufferBytes, size: (bytes) => bytes.byteLength }
    )
  }

  /** Ends every client's stream. */
  stop(): void {
    for (const client of this.#clients) {
      this.#remove(client)
      client.controller.close()
    }
  }

  #add(client: Client): void {
    this.#clients.add(client)
    this.#unwatch ??= watchEvents(this.#components.nebula, this.#components.clock, (event) => {
      this.#write(encodeEvent(event))
    })

    if (this.#heartbeat == null) {
      this.#beat()
    }
  }

  #remove(client: Client): void {
    this.#clients.delete(client)

    if (this.#clients.size === 0) {
      this.#unwatch?.()
      this.#unwatch = undefined
      this.#heartbeat?.clear()
      this.#heartbeat = undefined
    }
  }

  #beat(): void {
    this.#heartbeat = this.#components.clock.setTimeout(() => {
      this.#beat()
      this.#write(HEARTBEAT)
    }, this.#heartbeatInterval)
  }

  #write(bytes: Uint8Array): void {
    for (const client of this.#clients) {
      if ((client.controller.desiredSize ?? 0) >= bytes.byteLength) {
        client.controller.enqueue(bytes)
      } else {
        this.#remove(client)
        client.drop()
      }
    }
  }
}

function encodeEvent(event: EventJson): Uint8Array {
  return encoder.encode(`event: ${event.event}\ndata: ${jsonLine(event)}\n\n`)
}
