import type { HandshakeStream, NodeInfo, PairLink, Priority } from '../../protocols/handshake/index.ts'
import type { LinkInfo } from '../interface.ts'
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
  readonly openedAt: number
  direct: boolean
  lastActivity: number
  ready = false
  location?: { latitude: number; longitude: number }
  readonly #traffic = { messagesSent: 0, messagesReceived: 0, bytesSent: 0, bytesReceived: 0 }

  constructor(init: LinkInit) {
    this.peer = init.stream.peer
    this.id = init.stream.id
    this.connection = init.stream.connection
    this.direction = init.pairLink.direction
    this.direct = init.pairLink.direct
    this.priority = init.priority
    this.node = init.node
    this.openedAt = init.now
    this.lastActivity = init.now
  }

  /** Notes a message of `bytes` bytes at time `now`. */
  sent(bytes: number, now: number): void {
    this.lastActivity = now
    this.#traffic.messagesSent++
    this.#traffic.bytesSent += bytes
  }

  received(bytes: number, now: number): void {
    this.lastActivity = now
    this.#traffic.messagesReceived++
    this.#traffic.bytesReceived += bytes
  }

  info(): LinkInfo {
    const { federation: _federation, listenAddrs: _listenAddrs, ...node } = this.node

    return {
      ...node,
      roles: [...node.roles],
      ...this.#traffic,
      peer: this.peer,
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
