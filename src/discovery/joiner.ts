import { PriorityQueue } from '@libp2p/utils'
import { isMultiaddr } from '@multiformats/multiaddr'
import { systemClock } from '../lib/clock.ts'
import { isDialOfSelf, isLoss, LOST } from '../links/index.ts'
import { createMessage } from '../messages/index.ts'
import { hostOf, peerOf } from '../lib/net/index.ts'
import {
  JOIN_FAILURES_TOLD,
  JOIN_RETRY_MS,
  MAX_JOIN_FAILURES,
  MAX_JOIN_RETRY_MS,
  MAX_PARALLEL_JOINS,
  MAX_PRESENT_PEERS
} from './constants.ts'
import { RECENTLY_DISCONNECTED_TTL_MS } from '../scoring/constants.ts'
import { backOff } from '../lib/back-off.ts'
import { JoinTarget } from './join-target.ts'
import { JoinTargets } from './join-targets.ts'
import { MembersNotJoined } from './members-not-joined.ts'
import { NewDials } from './new-dials.ts'
import { Reconnects } from './reconnects.ts'
import { ENDS_RECONNECT, LASTING, WANTED } from './refusals.ts'
import type { JoinTargetInit } from './join-target.ts'
import type { JoinerComponents, JoinerInit } from './types.ts'
import type { BackOffInit } from '../lib/back-off.ts'
import type { Clock } from '../lib/clock.ts'
import type { LinkCloseReason } from '../interface.ts'
import type { Link, LinkManagerEvents } from '../links/index.ts'
import type { Logger, PeerId, PeerInfo, Startable } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/**
 * Links with the members that are found and with the addresses that were
 * given, and keeps at it with growing delays. A peer that is found again and
 * again is not dialled again and again: other addresses are noted for the next
 * try, and change nothing about a link that is there.
 */
export class Joiner implements Startable {
  readonly #components: JoinerComponents
  readonly #init: JoinerInit
  readonly #log: Logger
  readonly #clock: Clock
  readonly #backoff: BackOffInit
  readonly #holdOff: number
  readonly #targets: JoinTargets
  readonly #queue: PriorityQueue
  readonly #newDials: NewDials
  readonly #notJoined: MembersNotJoined
  readonly #reconnects: Reconnects
  readonly #listeners = new Set<() => void>()
  /** Links over which the peer was asked to be joined. */
  readonly #asked = new WeakSet<Link>()
  #running = false

  constructor(components: JoinerComponents, init: JoinerInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:joiner')
    this.#clock = init.clock ?? systemClock
    this.#backoff = {
      retryDelay: init.retryDelay ?? JOIN_RETRY_MS,
      maxRetryDelay: init.maxRetryDelay ?? MAX_JOIN_RETRY_MS,
      random: init.random ?? Math.random
    }
    this.#targets = new JoinTargets(init.maxPeers ?? MAX_PRESENT_PEERS, this.#backoff.random, (target) =>
      this.#onOver(target)
    )
    this.#holdOff = init.holdOff ?? RECENTLY_DISCONNECTED_TTL_MS
    this.#notJoined = new MembersNotJoined(components.warnings)
    this.#newDials = new NewDials(this.#clock, init)
    this.#reconnects = new Reconnects({ ...init, clock: this.#clock })
    this.#queue = new PriorityQueue({ concurrency: init.maxParallel ?? MAX_PARALLEL_JOINS })
  }

  start(): void {
    if (this.#running) {
      return
    }

    this.#running = true
    this.#components.linkManager.addEventListener('open', this.#onOpen)
    this.#components.linkManager.addEventListener('close', this.#onClose)
    this.#components.linkManager.addEventListener('direct', this.#onOpen)
    this.#components.linkManager.addEventListener('unwanted', this.#onUnwanted)

    for (const [addrs, kind] of [
      [this.#init.dial, { direct: false }],
      [this.#init.directDial, { direct: true, atOnce: true }],
      [this.#init.members, { direct: this.#init.direct ?? false }]
    ] as const) {
      for (const addr of addrs ?? []) {
        this.#give(addr, kind)
      }
    }
  }

  stop(): void {
    this.#running = false
    this.#components.linkManager.removeEventListener('open', this.#onOpen)
    this.#components.linkManager.removeEventListener('close', this.#onClose)
    this.#components.linkManager.removeEventListener('direct', this.#onOpen)
    this.#components.linkManager.removeEventListener('unwanted', this.#onUnwanted)
    this.#queue.abort()
    this.#reconnects.clear()
    this.#targets.clear()
  }

  /**
   * Holds a direct link with a node that the user names, and dials it now where
   * there is none; nothing when it is this node itself.
   */
  give(neighbour: PeerId | Multiaddr): JoinTarget | undefined {
    const target = this.#give(neighbour, { direct: true, atOnce: true })

    if (target != null && !this.#linked(target)) {
      this.#try(target)
    }

    return target
  }

  /** The peer that is named, as far as it is known who that is. */
  peerAt(neighbour: PeerId | Multiaddr): PeerId | undefined {
    return (
      this.#targets.get(neighbour.toString())?.peer ??
      (isMultiaddr(neighbour) ? peerOf(neighbour) : neighbour)
    )
  }

  /** Gives the peer up, whose link was lost; `false` when there is none to give up. */
  giveUp(peer: PeerId): boolean {
    if (!this.reconnects(peer)) {
      return false
    }

    for (const target of this.#targets.of(peer)) {
      this.#targets.remove(target)
    }

    this.#init.onGiveUp?.(peer)

    return true
  }

  /** Whether a target is still to be linked; one that turned out to be this node itself is not. */
  isMissing(target: JoinTarget): boolean {
    return !target.isSelf && !this.#linked(target)
  }

  /** Calls when a target has been linked; the function returned ends it. */
  onLinked(listener: () => void): () => void {
    this.#listeners.add(listener)

    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Whether the link with the peer was lost, and is being made again. */
  reconnects(peer: PeerId): boolean {
    return this.#targets.of(peer).some((target) => this.#reconnects.has(target))
  }

  /** Whether it is, and fewer dials have failed than give up a lost link. */
  isHopeful(peer: PeerId): boolean {
    return this.#targets.of(peer).some((target) => this.#reconnects.isHopeful(target))
  }

  /** Dials all now that are to be dialled later; returns those that are known. */
  tryNow(): PeerId[] {
    const waiting = [...this.#targets].filter((target) => target.waiting && !this.#linked(target))

    for (const target of waiting) {
      this.#later(target, 0)
    }

    return waiting.flatMap(({ peer }) => peer ?? [])
  }

  /** Whether the joiner itself sees to it that there is a link with the peer. */
  caresFor(peer: PeerId): boolean {
    return this.#running && this.#targets.of(peer).length > 0
  }

  /** A member was found, for the first time, anew, or with other addresses. */
  found({ id, multiaddrs }: PeerInfo): void {
    if (!this.#running || this.#init.auto === false) {
      return
    }

    const known = this.#targets.of(id)

    if (known.length === 0) {
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
        this.#later(target, backOff(target.failures, this.#backoff))
      }
    }
  }

  /** A neighbour of an earlier run is to be one again: it counts as found, linked, and lost. */
  remembered({ id, multiaddrs }: PeerInfo): void {
    if (!this.#running || this.#targets.of(id).some(({ direct }) => direct)) {
      return
    }

    const known = this.#targets.get(id.toString())
    const target = new JoinTarget({
      key: id.toString(),
      addrs: multiaddrs,
      direct: this.#init.direct ?? false,
      atOnce: true,
      peer: id,
      given: false,
      remembered: true
    })

    known?.forget()
    target.linked(id)
    target.lost(true)
    this.#begin(target)
  }

  /** The peer is no longer to be linked for having been a neighbour; one that is found still is, as others are. */
  forgotten(peer: PeerId): void {
    for (const target of this.#targets.of(peer)) {
      if (target.remembered && (this.#init.auto === false || this.#init.isPresent?.(peer) === false)) {
        this.#targets.remove(target)
      }
    }
  }

  #give(place: PeerId | Multiaddr, kind: Pick<JoinTargetInit, 'direct' | 'atOnce'>): JoinTarget | undefined {
    if (this.#init.isOwn?.(place) === true) {
      this.#log('%s is this node itself', place)

      return undefined
    }

    const key = place.toString()
    const known = this.#targets.get(key)

    if (known?.given === true && known.direct) {
      return known
    }

    const where = isMultiaddr(place) ? { addrs: [place], peer: peerOf(place) } : { addrs: [], peer: place }
    const target = new JoinTarget({ key, given: true, ...where, ...kind })

    known?.forget()
    this.#begin(target)

    return target
  }

  #begin(target: JoinTarget): void {
    if (this.#targets.add(target)) {
      this.#try(target)
    }
  }

  #try(target: JoinTarget): void {
    if (!this.#newDials.take(target)) {
      // any of those that wait may be next
      this.#later(target, this.#backoff.retryDelay * (1 + 7 * this.#backoff.random()))

      return
    }

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
      this.#onOver(target)

      return
    }

    if (this.#mustNotJoin(target)) {
      this.#reconnects.end(target)

      throw new Error('The peer must not be dialled now')
    }

    target.running = true
    this.#log('join %s', target.key)

    // undirected first: what the peer is asked with discover_join, it may answer before there is more
    const addrs = target.dialAddrs()
    const link = await linkManager.connect(addrs.length === 0 ? (target.peer ?? addrs) : addrs, {
      direct: target.direct && target.atOnce,
      priority: 'high',
      signal
    })

    target.linked(link.peer)

    // a try that failed later is not a reason to ask again
    if (this.#init.sendDiscover !== false && !this.#asked.has(link)) {
      this.#asked.add(link)
      await messenger.send(link.peer, createMessage('discover', 'discover_join'), { signal })
    }

    if (target.direct && !link.direct) {
      await linkManager.setDirect(link.peer, true, { signal })
    }

    this.#onOver(target)
  }

  #linked(target: JoinTarget): boolean {
    const link = target.peer == null ? undefined : this.#components.linkManager.links.get(target.peer)

    return link != null && (link.direct || !target.direct)
  }

  #onFailure(target: JoinTarget, error: Error): void {
    if (!this.#running || !this.#targets.has(target)) {
      return
    }

    if (target.given && isDialOfSelf(error)) {
      this.#log('%s is this node itself', target.key)
      target.isSelf = true
      this.#targets.remove(target)

      return
    }

    const refusal = (error as Partial<{ reason: string }>).reason
    const gone = target.peer != null && this.#init.isPresent?.(target.peer) === false

    target.failures++
    target.error = error

    if (error.name === 'UnsupportedProtocolError' && !target.given) {
      this.#log('%s is no node of the overlay, it is left in peace', target.key)
      this.#reconnects.end(target)

      return
    }

    if (!target.given && target.failures >= MAX_JOIN_FAILURES && gone) {
      this.#log('%s is gone, it is left alone until it is found anew', target.key)

      this.#reconnects.end(target)
      this.#onOver(target)

      if (target.proven && target.peer != null) {
        this.#init.onGiveUp?.(target.peer)
      }

      return
    }

    if (refusal != null && ENDS_RECONNECT.has(refusal)) {
      this.#reconnects.end(target)
    }

    const failures = refusal != null && LASTING.has(refusal) ? Number.MAX_SAFE_INTEGER : target.failures
    const delay = backOff(failures, this.#backoff)

    this.#log('could not join %s, next try in %d ms - %e', target.key, delay, error)

    if (target.given) {
      this.#init.onFailure({ target: target.key, error, retryAt: this.#clock.now() + delay })
    } else {
      this.#onTrouble(target, error, refusal)
    }

    this.#later(target, delay)
    this.#reconnects.next(target, delay, error)
  }

  /** Tells once that a member is there and cannot be joined, unless it, or this node, wants it so. */
  #onTrouble(target: JoinTarget, error: Error, refusal?: string): void {
    const wanted = (refusal != null && WANTED.has(refusal)) || this.#mustNotJoin(target)
    const lasts = refusal != null && LASTING.has(refusal)

    // a neighbour of an earlier run was not found, and may be gone
    const unheard = target.remembered && target.peer != null && this.#init.isPresent?.(target.peer) === false

    if (!wanted && !unheard && (lasts || target.failures >= JOIN_FAILURES_TOLD)) {
      const [addr] = target.dialAddrs()

      this.#notJoined.raise(target.key, addr == null ? target.key : hostOf(addr), error)
    }
  }

  /** The member is linked, or no longer wanted. */
  #onOver(target: JoinTarget): void {
    if (this.#linked(target) || !this.#targets.has(target)) {
      this.#reconnects.end(target)
    }

    for (const listener of this.#listeners) {
      listener()
    }

    if (!target.given) {
      this.#notJoined.end(target.key)
    }
  }

  #mustNotJoin({ peer }: JoinTarget): boolean {
    return peer != null && !this.#init.mayJoin(peer)
  }

  #later(target: JoinTarget, delay: number): void {
    target.schedule(this.#clock.setTimeout(() => this.#try(target), delay))
  }

  readonly #onOpen = ({ detail: { peer } }: LinkManagerEvents['open' | 'direct']): void => {
    for (const target of this.#targets.of(peer)) {
      // what is still to become direct is told when it does not
      if (this.#linked(target)) {
        this.#onOver(target)
      }
    }
  }

  readonly #onClose = ({ detail }: LinkManagerEvents['close']): void => {
    const { link, reason, goodbye } = detail

    for (const target of this.#targets.of(link.peer)) {
      const lasted = this.#clock.now() - link.openedAt >= this.#backoff.maxRetryDelay

      target.failures = lasted ? 1 : target.failures + 1
      target.lost(isLoss(reason) && link.direct)

      if (reason === 'requested' || goodbye === 'REQUESTED') {
        // one of the two wanted it so, for as long as it refuses the other
        this.#later(target, this.#holdOff + backOff(1, this.#backoff))
      } else if (reason !== 'inactive') {
        this.#again(target, reason)
      }

      if (!isLoss(reason)) {
        this.#reconnects.end(target)
      }
    }
  }

  #again(target: JoinTarget, reason: LinkCloseReason): void {
    const delay = backOff(target.failures, this.#backoff)

    this.#later(target, delay)

    if (isLoss(reason)) {
      this.#reconnects.add(target)
    }

    // one that was replaced has a link again before it is dialled
    if (LOST.has(reason)) {
      this.#reconnects.next(target, delay)
    }
  }

  /** No link with the peer is wanted any more: what is made later is another one. */
  readonly #onUnwanted = ({ detail: peer }: LinkManagerEvents['unwanted']): void => {
    for (const target of this.#targets.of(peer)) {
      this.#reconnects.end(target)
    }
  }
}
