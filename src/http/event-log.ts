/**
 * The last events of the overlay, each with an id, so that a client that lost
 * its connection resumes where it was.
 */
import { randomBytes } from 'node:crypto'
import { jsonLine, watchEvents } from './event-json.ts'
import { MAX_LOGGED_EVENT_BYTES, MAX_LOGGED_EVENTS } from './constants.ts'
import type { Clock } from '../lib/clock.ts'
import type { ClientEngine, PendingRequest } from '../engine/index.ts'
import type { Nebula } from '../interface.ts'

export interface EventLogComponents {
  nebula: Nebula
  /** Its requests are events, too. */
  engine?: ClientEngine
  clock: Clock
}

export interface EventLogInit {
  /** Events that are kept. @default 1,000 */
  maxEvents?: number
  /** Characters of the kept events together. @default 8,388,608 */
  maxBytes?: number
}

export interface LoggedEvent {
  /** Unique among all runs of all nodes. */
  id: string
  name: string
  /** The event in one line of JSON. */
  line: string
}

export interface LoggedEvents {
  events: LoggedEvent[]
  /** Whether events after the id are no longer kept, or the id is not of this run. */
  missed: boolean
}

export class EventLog {
  readonly #components: EventLogComponents
  readonly #maxEvents: number
  readonly #maxBytes: number
  readonly #listeners = new Set<(event: LoggedEvent) => void>()
  /** Tells the ids of this run from those of others. */
  #run = ''
  /** The oldest first, without gaps. */
  #events: LoggedEvent[] = []
  #bytes = 0
  /** Events so far; the number of the last one. */
  #count = 0
  #unwatch?: () => void

  constructor(components: EventLogComponents, init: EventLogInit = {}) {
    this.#components = components
    this.#maxEvents = init.maxEvents ?? MAX_LOGGED_EVENTS
    this.#maxBytes = init.maxBytes ?? MAX_LOGGED_EVENT_BYTES
  }

  /** Begins a new run, without events. */
  start(): void {
    const { nebula, engine, clock } = this.#components

    this.#run = randomBytes(6).toString('hex')
    this.#events = []
    this.#bytes = 0
    this.#count = 0
    this.#unwatch ??= watchEvents(nebula, clock, (event) => this.#add(event.event, jsonLine(event)))
    engine?.addEventListener('neighbour:request', this.#onRequest)
  }

  stop(): void {
    this.#components.engine?.removeEventListener('neighbour:request', this.#onRequest)
    this.#unwatch?.()
    this.#unwatch = undefined
  }

  /** The id of the last event; without one, that from which the first follows. */
  get last(): string {
    return this.#id(this.#count)
  }

  /** The kept events after the one with the id; all of them when the id is not known. */
  since(id: string): LoggedEvents {
    const [run, text = ''] = id.split('-', 2)
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Infinity

    if (run !== this.#run || number > this.#count) {
      return { events: [...this.#events], missed: true }
    }

    const wanted = this.#count - number

    return {
      events: wanted === 0 ? [] : this.#events.slice(-wanted),
      missed: wanted > this.#events.length
    }
  }

  /** Calls the listener with every event from now on; the function returned ends that. */
  follow(listener: (event: LoggedEvent) => void): () => void {
    this.#listeners.add(listener)

    return () => this.#listeners.delete(listener)
  }

  readonly #onRequest = ({ type, detail: { peer, ...request } }: CustomEvent<PendingRequest>): void => {
    const time = this.#components.clock.now()

    this.#add(type, jsonLine({ event: type, time, ...request, peer: peer.toString() }))
  }

  #add(name: string, line: string): void {
    const event = { id: this.#id(++this.#count), name, line }

    this.#events.push(event)
    this.#bytes += line.length

    while (this.#events.length > this.#maxEvents || this.#bytes > this.#maxBytes) {
      this.#bytes -= this.#events.shift()?.line.length ?? 0
    }

    for (const listener of this.#listeners) {
      listener(event)
    }
  }

  #id(number: number): string {
    return `${this.#run}-${number}`
  }
}
