import { Queue } from '@libp2p/utils'
import { systemClock } from '../../protocols/clock.ts'
import { createMessage } from '../messages/index.ts'
import { peerOf } from '../peer-of.ts'
import { JOIN_RETRY_MS, MAX_JOIN_RETRY_MS, MAX_PARALLEL_JOINS, MAX_PRESENT_PEERS } from './constants.ts'
import { joinBackoff } from './join-backoff.ts'
import type { Clock, Random, Timer } from '../../protocols/clock.ts'
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
  /** @default 8 */
  maxParallel?: number
  /** Found peers whose joining is remembered. @default 1_000 */
  maxPeers?: number
}

interface Target {
  key: string
  peer?: PeerId
  addrs: Multiaddr[]
  direct: boolean
  /** Given by the user, not found: never forgotten, and a failure is told. */
  given: boolean
  failures: number
  busy: boolean
  timer?: Timer
  /** Nothing is tried until the peer is found anew: it was idle, left on request, or is no node of the overlay. */
  resting: boolean
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
  readonly #targets = new Map<string, Target>()
  #queue: Queue<void>
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
    this.#queue = new Queue({ concurrency: init.maxParallel ?? MAX_PARALLEL_JOINS })
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
        this.#begin({ ...newTarget(addr.toString(), [addr], direct), peer: peerOf(addr), given: true })
      }
    }
  }

  stop(): void {
    this.#running = false
    this.#components.linkManager.removeEventListener('close', this.#onClose)
    this.#queue.abort()

    for (const target of this.#targets.values()) {
      target.timer?.clear()
    }

    this.#targets.clear()
  }

  /** A member was found, for the first time, anew, or with other addresses. */
  found({ id, multiaddrs }: PeerInfo): void {
    if (!this.#running || this.#init.auto === false) {
      return
    }

    const key = id.toString()
    const known = this.#targets.get(key)

    if (known == null) {
      this.#makeRoom()
      this.#begin({ ...newTarget(key, multiaddrs, this.#init.direct ?? false), peer: id })

      return
    }

    known.addrs = multiaddrs
    known.resting = false
    known.failures = 0
    this.#try(known)
  }

  #begin(target: Target): void {
    this.#targets.set(target.key, target)
    this.#try(target)
  }

  #try(target: Target): void {
    target.timer?.clear()
    target.timer = undefined

    if (target.busy) {
      return
    }

    target.busy = true
    void this.#queue
      .add(async ({ signal }) => this.#join(target, signal))
      .catch((error: Error) => this.#onFailure(target, error))
      .finally(() => {
        target.busy = false
      })
  }

  async #join(target: Target, signal?: AbortSignal): Promise<void> {
    const { linkManager, messenger } = this.#components

    if (target.peer != null && this.#linked(target)) {
      return
    }

    if (target.peer != null && !this.#init.mayJoin(target.peer)) {
      throw new Error('The peer must not be dialled now')
    }

    this.#log('join %s', target.key)

    // undirected first: what the peer is asked with discover_join, it may answer before there is more
    const link = await linkManager.connect(dialTarget(target), {
      direct: target.direct && target.given,
      priority: 'high',
      signal
    })

    target.peer = link.peer
    target.failures = 0

    if (this.#init.sendDiscover !== false) {
      await messenger.send(link.peer, createMessage('discover', 'discover_join'), { signal })
    }

    if (target.direct && !link.direct) {
      await linkManager.setDirect(link.peer, true, { signal })
    }
  }

  #linked(target: Target): boolean {
    const link = target.peer == null ? undefined : this.#components.linkManager.links.get(target.peer)

    return link != null && (link.direct || !target.direct)
  }

  #onFailure(target: Target, error: Error): void {
    if (!this.#running) {
      return
    }

    const refusal = (error as Partial<{ reason: string }>).reason

    target.failures++

    if (error.name === 'UnsupportedProtocolError' && !target.given) {
      target.resting = true
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

  #later(target: Target, delay: number): void {
    target.timer?.clear()
    target.timer = this.#clock.setTimeout(() => this.#try(target), delay)
  }

  readonly #onClose = ({ detail }: CustomEvent<{ link: Link; reason: string; goodbye?: string }>): void => {
    const { link, reason, goodbye } = detail

    for (const target of this.#targets.values()) {
      if (target.peer == null || !target.peer.equals(link.peer)) {
        continue
      }

      if (
        reason === 'requested' ||
        reason === 'inactive' ||
        goodbye === 'REQUESTED' ||
        goodbye === 'INACTIVE'
      ) {
        target.resting = true
        target.timer?.clear()
        continue
      }

      this.#later(target, joinBackoff(1, this.#backoff))
    }
  }

  /** Forgets the found peer that has been known the longest when there are too many. */
  #makeRoom(): void {
    const found = [...this.#targets.values()].filter((target) => !target.given)

    for (const target of found.slice(0, Math.max(0, found.length - this.#maxPeers + 1))) {
      target.timer?.clear()
      this.#targets.delete(target.key)
    }
  }
}

function newTarget(key: string, addrs: Multiaddr[], direct: boolean): Target {
  return { key, addrs, direct, given: false, failures: 0, busy: false, resting: false }
}

/** Announced addresses come without the PeerId, which the dial must insist on. */
function dialTarget(target: Target): Multiaddr[] {
  const { given, peer, addrs } = target

  return given || peer == null ? addrs : addrs.map((addr) => addr.encapsulate(`/p2p/${peer}`))
}
