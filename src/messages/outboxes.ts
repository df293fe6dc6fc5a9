import { AbortError } from '@libp2p/interface'
import { LAST_ACK_TIMEOUT_MS } from '../../protocols/message/limits.ts'
import { systemClock } from '../lib/clock.ts'
import { deadline } from '../lib/deadline.ts'
import { atMost } from '../lib/wait-for.ts'
import { STOP_SENDING_TIMEOUT_MS } from './constants.ts'
import { isStall } from '../../protocols/errors.ts'
import type { MemoryBudget } from '../limits/index.ts'
import type { Ack, MessageProtocol, Outbox } from '../../protocols/message/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { LinkCloseReason } from '../interface.ts'
import type { Link, LinkManager } from '../links/index.ts'
import type { ComponentLogger, Logger, PeerId, Startable } from '@libp2p/interface'

/** The peer can still be reached, and what was sent before the goodbye is meant to arrive. */
const ORDERLY = new Set<LinkCloseReason>(['requested', 'inactive', 'shutting-down'])

export interface OutboxesComponents {
  linkManager: LinkManager
  logger: ComponentLogger
  protocol: MessageProtocol
  /** May have messages dropped that wait. */
  budget?: Pick<MemoryBudget, 'register' | 'unregister'>
}

export interface OutboxesInit {
  clock?: Clock
  /** A linked peer took nothing of what was sent to it, in time. */
  onStall?(peer: PeerId, error: Error): void
  /** A linked peer has acknowledged messages. */
  onAck?(peer: PeerId, ack: Ack): void
}

/** The outbox of each link, from its first message to its end; one that fails ends its link. */
export class Outboxes implements Startable {
  readonly #components: OutboxesComponents
  readonly #init: OutboxesInit
  readonly #log: Logger
  readonly #outboxes = new Map<Link, Outbox>()
  readonly #clock: Clock
  /** Of links that have ended, which still send or wait for acknowledgements. */
  readonly #closing = new Set<Promise<void>>()

  constructor(components: OutboxesComponents, init: OutboxesInit = {}) {
    this.#components = components
    this.#init = init
    this.#clock = init.clock ?? systemClock
    this.#log = components.logger.forComponent('nebula:outboxes')
  }

  start(): void {
    this.#components.linkManager.addEventListener('close', this.#onClose)
  }

  /** What was sent before the goodbyes has a moment to leave. */
  async stop(): Promise<void> {
    this.#components.linkManager.removeEventListener('close', this.#onClose)

    await atMost(this.#clock, STOP_SENDING_TIMEOUT_MS, Promise.all(this.#closing))

    for (const outbox of this.#outboxes.values()) {
      outbox.abort(new AbortError('The overlay was stopped'))
      this.#components.budget?.unregister(outbox)
    }

    this.#outboxes.clear()
  }

  /** What waits, over all links. */
  get queued(): { messages: number; bytes: number } {
    let messages = 0
    let bytes = 0

    for (const outbox of this.#outboxes.values()) {
      messages += outbox.queuedMessages
      bytes += outbox.queuedBytes
    }

    return { messages, bytes }
  }

  of(link: Link): Outbox {
    let outbox = this.#outboxes.get(link)

    if (outbox == null) {
      outbox = this.#components.protocol.outbox(
        link.connection,
        (error) => this.#onFailed(link, error),
        (ack) => this.#init.onAck?.(link.peer, ack)
      )
      this.#outboxes.set(link, outbox)
      this.#components.budget?.register(link.peer, outbox)
    }

    return outbox
  }

  #onFailed(link: Link, error: Error): void {
    this.#log.error('sending to %p failed - %e', link.peer, error)

    if (isStall(error)) {
      this.#init.onStall?.(link.peer, error)
    }

    this.#components.linkManager
      .close(link.peer, { reason: 'send-failed', mutual: false, link })
      .catch((err: Error) => {
        this.#log.error('could not close the link with %p - %e', link.peer, err)
      })
  }

  readonly #onClose = ({
    detail: { link, reason }
  }: CustomEvent<{ link: Link; reason: LinkCloseReason }>): void => {
    const outbox = this.#outboxes.get(link)

    this.#components.protocol.dismiss(link.peer)

    if (outbox == null) {
      return
    }

    this.#components.budget?.unregister(outbox)

    if (ORDERLY.has(reason)) {
      this.#finish(link, outbox.close())
    } else if (reason === 'remote') {
      const { signal, clear } = deadline(this.#clock, LAST_ACK_TIMEOUT_MS)

      // the acknowledgement of what the peer took last may come after its goodbye
      this.#finish(link, outbox.close({ discard: true, signal }).finally(clear))
    } else {
      this.#outboxes.delete(link)
      outbox.abort(new AbortError(`The link was closed (${reason})`))
    }
  }

  #finish(link: Link, closed: Promise<void>): void {
    const finished = closed
      .catch((err: Error) => this.#log('not all was sent to %p - %e', link.peer, err))
      .finally(() => {
        this.#outboxes.delete(link)
        this.#closing.delete(finished)
      })

    this.#closing.add(finished)
  }
}
