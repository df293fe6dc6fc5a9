import { randomUUID } from 'node:crypto'
import { InvalidMessageError } from '@libp2p/interface'
import { QueueFullError } from '@libp2p/utils'
import { raceSignal } from 'race-signal'
import { deadline } from '../lib/deadline.ts'
import { Lifetime } from '../lib/lifetime.ts'
import { checkTimes } from '../lib/parameters.ts'
import { createMessage } from './create.ts'
import { MAX_PENDING_APP_REQUESTS, APP_REQUEST_TIMEOUT_MS } from './constants.ts'
import type { Messenger } from './messenger.ts'
import type { AppRequest, Message, RequestOptions } from './types.ts'
import type { ReceivedMessage } from '../interface.ts'
import type { LinkManager } from '../links/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { PeerId, Startable } from '@libp2p/interface'

export interface RequestsComponents {
  messenger: Messenger
  linkManager: LinkManager
}

export interface RequestsInit {
  clock: Clock
}

interface Pending {
  peer: PeerId
  resolve(payload: Uint8Array): void
}

/** @throws {InvalidMessageError} when the message is no request */
export function replyTo(request: Message, payload: Uint8Array): Message<'app'> {
  if (request.type !== 'app' || request.action !== 'request') {
    throw new InvalidMessageError(`A ${request.type} ${request.action} message cannot be replied to`)
  }

  const { topic, requestId } = request.fields

  return createMessage('app', 'reply', { topic, requestId, payload })
}

/** The application's requests to linked peers (`app` `request`), each until its reply comes. */
export class Requests implements Startable {
  readonly #components: RequestsComponents
  readonly #clock: Clock
  readonly #pending = new Map<string, Pending>()
  readonly #lifetime = new Lifetime()

  constructor(components: RequestsComponents, { clock }: RequestsInit) {
    this.#components = components
    this.#clock = clock
  }

  start(): void {
    this.#lifetime.start()
    this.#components.messenger.addEventListener('message', this.#onMessage)
  }

  /** Ends the requests that wait. */
  stop(): void {
    this.#lifetime.stop()
    this.#components.messenger.removeEventListener('message', this.#onMessage)
  }

  /** @see Nebula.request */
  async request(
    peer: PeerId,
    { topic, payload = new Uint8Array(0) }: AppRequest,
    { timeout = APP_REQUEST_TIMEOUT_MS, signal }: RequestOptions = {}
  ): Promise<Uint8Array> {
    checkTimes({ timeout })

    if (this.#pending.size >= MAX_PENDING_APP_REQUESTS) {
      throw new QueueFullError(`${MAX_PENDING_APP_REQUESTS} requests wait for their replies already`)
    }

    const requestId = randomUUID()
    const message = createMessage('app', 'request', { topic, payload, requestId })
    const { promise, resolve } = Promise.withResolvers<Uint8Array>()
    const time = deadline(this.#clock, timeout, signal, this.#lifetime.signal)

    this.#pending.set(requestId, { peer, resolve })

    try {
      await this.#components.messenger.send(peer, message, { signal: time.signal })

      return await raceSignal(promise, time.signal)
    } finally {
      this.#pending.delete(requestId)
      time.clear()
    }
  }

  /** Only the peer that was asked may answer. */
  readonly #onMessage = ({ detail: { source, message } }: CustomEvent<ReceivedMessage>): void => {
    if (message.type !== 'app' || message.action !== 'reply') {
      return
    }

    const pending = this.#pending.get(message.fields.requestId)

    if (pending?.peer.equals(source) === true) {
      pending.resolve(message.fields.payload)
    }
  }
}
