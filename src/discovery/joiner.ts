import { PriorityQueue } from '@libp2p/utils'
import { systemClock } from '../../protocols/clock.ts'
import { createMessage } from '../messages/index.ts'
import { peerOf } from '../peer-of.ts'
import { JOIN_RETRY_MS, MAX_JOIN_RETRY_MS, MAX_PARALLEL_JOINS, MAX_PRESENT_PEERS } from './constants.ts'
import { RECENTLY_DISCONNECTED_TTL_MS } from '../scoring/constants.ts'
import { joinBackoff } from './join-backoff.ts'
import { JoinTarget } from './join-target.ts'
import type { Clock, Random } from '../../protocols/clock.ts'
import type { Link, LinkManager } from '../links/index.ts'
import type { Messenger } from '../messages/index.ts'
import type { ComponentLogger, Logger, PeerId, PeerInfo, Startable } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface JoinerComponents {
  linkManager: LinkManager
  messenger: Messenger
  logger: ComponentLogger
}

export interface JoinFailure {
  target: string
  error: Error
  /** Milliseconds since the Unix epoch. */
  retryAt: number
}

export interface JoinerInit {
  clock?: Clock
  random?: Random
  /** Whether the peer may be dialled by itself now. */
  mayJoin(peer: PeerId): boolean
  /** An address that the user gave could not be linked. */
  onFailure(failure: JoinFailure): void
  /** Addresses to hold an undirected link with. */
  dial?: Multiaddr[]
  /** Addresses to hold a direct link with. */
  directDial?: Multiaddr[]
  /** Addresses of members, linked like those that are found. */
  members?: Multiaddr[]
  /** Whether to link with members that are found. @default true */
  auto?: boolean
  /** Whether links with members that are found become direct. @default false */
  direct?: boolean
  /** Whether to send `discover_join` to each. @default true */
  sendDiscover?: boolean
  /** Milliseconds. @default 1_000 */
  retryDelay?: number
  /** Milliseconds. @default 30_000 */
  maxRetryDelay?: number
  /** Milliseconds after a goodbye on request before the peer is tried again. @default 60_000 */
  holdOff?: number
  /** @default 8 */
  maxParallel?: number
  /** Found peers whose joining is remembered. @default 1_000 */
  maxPeers?: number
}

/** A refusal that trying again soon does not change. */
const LASTING = new Set(['FEDERATION_MISMATCH', 'SELF', 'LEARNING_FINISHED'])

/**
 * Links with the members that are found and with the addresses that were
 * given, and keeps at it with growing delays. A peer that is found again and
 * again is not dialled again and again.
 */
export class Joiner implements Startable {
  readonly #components: JoinerComponents
  readonly #init: JoinerInit
  readonly #log: Logger
  readonly #clock: Clock
  readonly #backoff: Parameters<typeof joinBackoff>[1]
  readonly #maxPeers: number
  readonly #holdOff: number
  readonly #targets = new Map<string, JoinTarget>()
  readonly #queue: PriorityQueue
  #running = false

  constructor(components: JoinerComponents, init: JoinerInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:joiner')
    this.#clock = init.clock ?? systemClock
    this.#maxPeers = init.maxPeers ?? MAX_PRESENT_PEERS
    this.#backoff = {
      retryDelay: init.retryDelay ?? JOIN_RETRY_MS,
      maxRetryDelay: init.maxRetryDelay ?? MAX_JOIN_RETRY_MS,
      random: init.random ?? Math.random
    }
    this.#holdOff = init.holdOff ?? RECENTLY_DISCONNECTED_TTL_MS
    this.#queue = new PriorityQueue({ concurrency: init.maxParallel ?? MAX_PARALLEL_JOINS })
  }

  start(): void {
    if (this.#running) {
      return
    }

    this.#running = true
    this.#components.linkManager.addEventListener('close', this.#onClose)

    for (const [addrs, direct] of [
      [this.#init.dial, false],
      [this.#init.directDial, true],
      [this.#init.members, this.#init.direct ?? false]
    ] as const) {
      for (const addr of addrs ?? []) {
        this.#begin(
          new JoinTarget({ key: addr.toString(), addrs: [addr], direct, peer: peerOf(addr), given: true })
        )
      }
    }
  }

  stop(): void {
    this.#running = false
    this.#components.linkManager.removeEventListener('close', this.#onClose)
    this.#queue.abort()

    for (const target of this.#targets.values()) {
      target.forget()
    }

    this.#targets.clear()
  }

  /** A member was found, for the first time, anew, or with other addresses. */
  found({ id, multiaddrs }: PeerInfo): void {
    if (!this.#running || this.#init.auto === false) {
      return
    }

    const known = [...this.#targets.values()].filter(({ peer }) => peer?.equals(id) === true)

    if (known.length === 0 && this.#makeRoom()) {
      this.#begin(
        new JoinTarget({
          key: id.toString(),
          addrs: multiaddrs,
          direct: this.#init.direct ?? false,
          peer: id,
          given: false
        })
      )
    }

    for (const target of known) {
      target.announced(multiaddrs)

      // announcements prove nothing, so they hasten no try that is due
      if (target.idle && !this.#linked(target)) {
        this.#later(target, joinBackoff(target.failures, this.#backoff))
      }
    }
  }

  #begin(target: JoinTarget): void {
    this.#targets.set(target.key, target)
    this.#try(target)
  }

  #try(target: JoinTarget): void {
    const signal = target.begin()

    if (signal == null) {
      return
    }

    void this.#queue
      .add(async (job) => this.#join(target, job.signal), { priority: target.priority, signal })
      .catch((error: Error) => this.#onFailure(target, error))
      .finally(() => target.end())
  }

  async #join(target: JoinTarget, signal?: AbortSignal): Promise<void> {
    const { linkManager, messenger } = this.#components

    if (target.peer != null && this.#linked(target)) {
      return
    }

    if (target.peer != null && !this.#init.mayJoin(target.peer)) {
      throw new Error('The peer must not be dialled now')
    }

    target.running = true
    this.#log('join %s', target.key)

    // undirected first: what the peer is asked with discover_join, it may answer before there is more
    const link = await linkManager.connect(target.dialAddrs(), {
      direct: target.direct && target.given,
      priority: 'high',
      signal
    })

    target.linked(link.peer)

    if (this.#init.sendDiscover !== false) {
      await messenger.send(link.peer, createMessage('discover', 'discover_join'), { signal })
    }

    if (target.direct && !link.direct) {
      await linkManager.setDirect(link.peer, true, { signal })
    }
  }

  #linked(target: JoinTarget): boolean {
    const link = target.peer == null ? undefined : this.#components.linkManager.links.get(target.peer)

    return link != null && (link.direct || !target.direct)
  }

  #onFailure(target: JoinTarget, error: Error): void {
    if (!this.#running || this.#targets.get(target.key) !== target) {
      return
    }

    const refusal = (error as Partial<{ reason: string }>).reason

    target.failures++

    if (error.name === 'UnsupportedProtocolError' && !target.given) {
      this.#log('%s is no node of the overlay, it is left in peace', target.key)

      return
    }

    const failures = refusal != null && LASTING.has(refusal) ? Number.MAX_SAFE_INTEGER : target.failures
    const delay = joinBackoff(failures, this.#backoff)

    this.#log('could not join %s, next try in %d ms - %e', target.key, delay, error)

    if (target.given) {
      this.#init.onFailure({ target: target.key, error, retryAt: this.#clock.now() + delay })
    }

    this.#later(target, delay)
  }

  #later(target: JoinTarget, delay: number): void {
    target.schedule(this.#clock.setTimeout(() => this.#try(target), delay))
  }

  readonly #onClose = ({ detail }: CustomEvent<{ link: Link; reason: string; goodbye?: string }>): void => {
    const { link, reason, goodbye } = detail

    for (const target of this.#targets.values()) {
      if (target.peer == null || !target.peer.equals(link.peer)) {
        continue
      }

      if (reason === 'requested' || goodbye === 'REQUESTED') {
        // one of the two wanted it so, for as long as it refuses the other
        this.#later(target, this.#holdOff + joinBackoff(1, this.#backoff))
      } else if (reason !== 'inactive' && goodbye !== 'INACTIVE') {
        this.#later(target, joinBackoff(1, this.#backoff))
      }
    }
  }

  /**
   * Makes room for one more found peer; `false` when there is none. One that
   * was never linked goes first, any of them, so that a flood of made-up peers
   * cannot plan who does; one that is being dialled stays, or a flood would be
   * a storm of dials.
   */
  #makeRoom(): boolean {
    const found = [...this.#targets.values()].filter((target) => !target.given)

    if (found.length < this.#maxPeers) {
      return true
    }

    const waiting = found.filter(({ running }) => !running)
    const unproven = waiting.filter(({ proven }) => !proven)
    const candidates = unproven.length > 0 ? unproven : waiting
    const target = candidates[Math.floor(this.#backoff.random() * candidates.length)]

    if (target == null) {
      return false
    }

    target.forget()
    this.#targets.delete(target.key)

    return true
  }
}
