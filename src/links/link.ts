import type { GeoLocation } from '../lib/geo-location.ts'
import type { HandshakeStream, NodeInfo, PairLink, Priority } from '../../protocols/handshake/index.ts'
import type { LinkInfo, LinkState } from '../interface.ts'
import type { Connection, PeerId } from '@libp2p/interface'

export interface LinkInit {
  pairLink: PairLink
  stream: HandshakeStream
  node: NodeInfo
  priority: Priority
  now: number
}

/** A link that is open: what is known of the peer, and what has passed over it. */
export class Link {
  readonly peer: PeerId
  /** The handshake stream that the link lives on. */
  readonly id: string
  readonly connection: Connection
  readonly direction: 'inbound' | 'outbound'
  readonly priority: Priority
  readonly node: NodeInfo
  /** Milliseconds by which the peer's clock was ahead of this node's when the link was made, if it said. */
  clockDifference?: number
  openedAt: number
  direct: boolean
  /** When a message other than `alive` last went over the link. */
  lastActivity: number
  /** When the peer was last heard of: a message, or an answer to a ping. */
  lastHeard: number
  /** When the peer was last sent a message. */
  lastSaid: number
  /** Whether the peer has said `federation_ready`, over this link or one before it. */
  ready = false
  /** The round the peer is in by what it has said; `null` before its first. */
  round: number | null
  /** Whether this node made, or keeps, the link of its own accord. */
  wanted = false
  /** The peer whose `connect_to` made this node dial. */
  toldBy?: PeerId
  location?: GeoLocation
  readonly #traffic = { messagesSent: 0, messagesReceived: 0, bytesSent: 0, bytesReceived: 0 }

  constructor(init: LinkInit) {
    this.peer = init.stream.peer
    this.id = init.stream.id
    this.connection = init.stream.connection
    this.direction = init.pairLink.direction
    this.direct = init.pairLink.direct
    this.priority = init.priority
    this.node = init.node
    this.round = init.node.round
    this.openedAt = init.now
    this.clockDifference = init.node.time == null ? undefined : init.node.time - init.now
    this.lastActivity = init.now
    this.lastHeard = init.now
    this.lastSaid = init.now
  }

  /** Notes a message of `bytes` bytes at time `now`. */
  sent(bytes: number, now: number): void {
    this.lastSaid = now
    this.#traffic.messagesSent++
    this.#traffic.bytesSent += bytes
  }

  received(bytes: number, now: number): void {
    this.lastHeard = now
    this.#traffic.messagesReceived++
    this.#traffic.bytesReceived += bytes
  }

  /** Notes that something passes which is no message. */
  touch(now: number): void {
    this.lastActivity = now
  }

  /** Moves all times along with a clock that has leapt: what it leapt over has not passed for the link. */
  shift(ms: number): void {
    this.openedAt += ms
    this.lastActivity += ms
    this.lastHeard += ms
    this.lastSaid += ms
  }

  /** Whether the link is there because that peer said so, and for no other reason. */
  existsForWordOf(peer: PeerId): boolean {
    return this.direction === 'outbound' && !this.wanted && this.toldBy?.equals(peer) === true
  }

  info(state: LinkState = 'open'): LinkInfo {
    const { federation: _federation, listenAddrs: _listenAddrs, time: _time, ...node } = this.node

    return {
      ...node,
      roles: [...node.roles],
      round: this.round,
      ...this.#traffic,
      peer: this.peer,
      state,
      direct: this.direct,
      priority: this.priority,
      direction: this.direction,
      remoteAddr: this.connection.remoteAddr,
      openedAt: this.openedAt,
      lastActivity: this.lastActivity,
      ready: this.ready,
      location: this.location
    }
  }
}
