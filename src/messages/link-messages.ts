import { PeerMap } from '@libp2p/peer-collections'
import { peerIdFromString } from '@libp2p/peer-id'
import { QueueFullError } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { systemClock } from '../lib/clock.ts'
import { hostOf, peerOf } from '../lib/net/index.ts'
import { MAX_LINK_MESSAGE_ADDRS } from '../links/constants.ts'
import { FairSlots } from '../lib/fair/index.ts'
import { KeyedLimiter } from '../lib/keyed-limiter.ts'
import { perMinute } from '../lib/token-bucket.ts'
import {
  MAX_LINK_MESSAGE_ADDR_LENGTH,
  MAX_LINK_MESSAGES_FOLLOWED,
  MAX_LINK_MESSAGES_PER_MINUTE
} from './constants.ts'
import { ToldDials } from './told-dials.ts'
import type { ToldDialsInit } from './told-dials.ts'
import type { Clock } from '../lib/clock.ts'
import type { Link, LinkManager } from '../links/index.ts'
import type { ComponentLogger, Logger, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface LinkMessagesComponents {
  linkManager: Pick<LinkManager, 'links' | 'connect'>
  logger: ComponentLogger
}

/**
 * - `none`: no message is followed.
 * - `neighbours`: `connect_to` of neighbours, and `disconnect_from` of those whom
 *   this node linked with on the same peer's word.
 * - `all`: the same of every peer with a link.
 * - `trust-all`: as `all`, and a neighbour decides about every link. Anybody can
 *   become a neighbour, so this is for federations that nobody else can reach.
 */
export type AcceptLinkMessages = 'none' | 'neighbours' | 'all' | 'trust-all'

export interface LinkMessagesInit extends ToldDialsInit {
  clock?: Clock
  /** Ends the link with a peer, with all that follows from it. */
  disconnect(peer: PeerId): Promise<void>
  /** Whether the peer may be dialled because another told so. */
  mayDial(peer: PeerId): boolean
  /** Whether this node sees to a link with the peer by itself, whatever others say. @default it does not */
  isWanted?(peer: PeerId): boolean
  /** A peer named a target that is no node, or was above a bound. */
  onNobody?(peer: PeerId): void
  /** Whose messages are followed, and how far. @default 'all' */
  acceptLinkMessages?: AcceptLinkMessages
  /** Addresses of one message that are looked at. @default 16 */
  maxLinkMessageAddrs?: number
  /** Messages of one peer that are followed at the same time; the rest is not. @default 4 */
  maxLinkMessagesFollowed?: number
  /** Messages of one peer that are followed in a minute; the rest is not. @default 10 */
  maxLinkMessagesPerMinute?: number
}

export interface LinkMessage {
  action: 'connect_to' | 'disconnect_from'
  fields: { addrs: string }
}

interface Target {
  peer: PeerId
  addr?: Multiaddr
}

/** Follows what peers say with `link` messages about whom to link with, and from whom to part. */
export class LinkMessages {
  readonly #components: LinkMessagesComponents
  readonly #init: LinkMessagesInit
  readonly #log: Logger
  /** The messages that are being followed. */
  readonly #following: FairSlots
  /** Settled when all that a peer said so far has been carried out. */
  readonly #saidBefore = new PeerMap<Promise<unknown>>()
  readonly #rate: KeyedLimiter
  readonly #dials: ToldDials

  constructor(components: LinkMessagesComponents, init: LinkMessagesInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:link-messages')
    const clock = init.clock ?? systemClock

    this.#rate = new KeyedLimiter(
      clock,
      perMinute(init.maxLinkMessagesPerMinute ?? MAX_LINK_MESSAGES_PER_MINUTE)
    )
    this.#following = new FairSlots({
      max: Infinity,
      maxEach: init.maxLinkMessagesFollowed ?? MAX_LINK_MESSAGES_FOLLOWED
    })
    this.#dials = new ToldDials(clock, init)
  }

  /**
   * @param from - the link of who wrote the message
   * @throws {QueueFullError} when the peer sends too many
   */
  async follow(from: Link, { action, fields }: LinkMessage): Promise<void> {
    const { acceptLinkMessages: accept = 'all' } = this.#init

    if (accept === 'none' || (accept === 'neighbours' && !from.direct)) {
      return
    }

    await this.#bounded(from.peer, async () => {
      const results = await this.#inOrder(from.peer, action, async () =>
        Promise.allSettled(
          this.#targets(fields.addrs).map(async (target) =>
            action === 'connect_to' ? this.#connect(from, target) : this.#disconnect(from, target)
          )
        )
      )

      for (const result of results) {
        if (result.status === 'rejected') {
          this.#log('%s was not done for one peer - %e', action, result.reason)
        }
      }
    })
  }

  /** Who takes back what it said waits until that has been carried out: only then there is a link to part from. */
  async #inOrder<T>(peer: PeerId, action: LinkMessage['action'], carryOut: () => Promise<T>): Promise<T> {
    const before = this.#saidBefore.get(peer)
    const carriedOut = action === 'disconnect_from' && before != null ? before.then(carryOut) : carryOut()
    const all = Promise.allSettled([before, carriedOut])

    this.#saidBefore.set(peer, all)

    try {
      return await carriedOut
    } finally {
      if (this.#saidBefore.get(peer) === all) {
        this.#saidBefore.delete(peer)
      }
    }
  }

  /** Holds a peer to the number of messages that it may keep this node busy with. */
  async #bounded(from: PeerId, follow: () => Promise<void>): Promise<void> {
    if (!this.#rate.take(from)) {
      this.#init.onNobody?.(from)

      throw new QueueFullError('Link messages come too often')
    }

    const leave = this.#following.enter({ id: from.toString() })

    if (leave == null) {
      this.#init.onNobody?.(from)

      throw new QueueFullError('Earlier link messages are being followed')
    }

    try {
      await follow()
    } finally {
      leave()
    }
  }

  async #connect(from: Link, { peer, addr }: Target): Promise<void> {
    const { linkManager } = this.#components
    const before = linkManager.links.get(peer)

    if (before?.direct === true || !this.#init.mayDial(peer)) {
      return
    }

    // with a link nobody is dialled, whatever the address
    const target = before == null ? String(addr ?? peer) : peer.toString()
    const host = before == null ? (addr == null ? target : hostOf(addr)) : undefined
    const turn = this.#dials.begin(target, host)

    if (turn !== 'try') {
      if (turn === 'refused') {
        this.#init.onNobody?.(from.peer)
      }

      return
    }

    const wanted = before == null && this.#init.isWanted?.(peer) === true
    let linked = false

    try {
      const link = await linkManager.connect(addr ?? peer, { direct: true, wanted })

      linked = true

      if (link !== before) {
        link.toldBy ??= from.peer
      }
    } catch (err) {
      if (isNobody(err)) {
        this.#init.onNobody?.(from.peer)
      }

      throw err
    } finally {
      this.#dials.end(target, host, linked)
    }
  }

  /** A peer takes back what it said. More than that is not its business, unless all are trusted. */
  async #disconnect(from: Link, { peer }: Target): Promise<void> {
    const link = this.#components.linkManager.links.get(peer)
    const trusted = this.#init.acceptLinkMessages === 'trust-all' && from.direct
    const itself = peer.equals(from.peer)
    const takenBack = link?.existsForWordOf(from.peer) === true && this.#init.isWanted?.(peer) !== true

    if (trusted || itself || takenBack) {
      await this.#init.disconnect(peer)
    } else {
      this.#log('%p has no say in the link with %p', from.peer, peer)
    }
  }

  #targets(addrs: string): Target[] {
    const max = this.#init.maxLinkMessageAddrs ?? MAX_LINK_MESSAGE_ADDRS

    return (
      addrs
        // no more of a long text is split than can be used
        .split(/\s+/, max + 1)
        .filter((text) => text !== '')
        .slice(0, max)
        .flatMap((text) => parseTarget(text) ?? [])
    )
  }
}

/** A PeerId, or a multiaddr that names one: nobody is dialled whose identity is not known. */
function parseTarget(text: string): Target | undefined {
  if (text.length > MAX_LINK_MESSAGE_ADDR_LENGTH) {
    return undefined
  }

  try {
    if (!text.startsWith('/')) {
      return { peer: peerIdFromString(text) }
    }

    const addr = multiaddr(text)
    const peer = peerOf(addr)

    return peer == null ? undefined : { peer, addr }
  } catch {
    return undefined
  }
}

/** Whether an attempt failed because there is no such node, and not because one of the two does not want the link. */
function isNobody(err: unknown): boolean {
  return err instanceof Error && !SOMEBODY.has(err.name)
}

const SOMEBODY = new Set(['HandshakeError', 'NotLinkedError', 'NotStartedError', 'AbortError'])
