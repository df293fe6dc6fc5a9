import type { GeoLocation } from './lib/geo-location.ts'
import type { Priority } from '../protocols/handshake/index.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** A link as it was when asked for; it does not change afterwards. */
export interface LinkInfo {
  peer: PeerId
  /**
   * `reconnecting`: it was lost and is being made again, so that nothing can be
   * sent over it; `closed` in `link:close` only. `openedAt` and what passed over
   * it are those of the link that was lost.
   */
  state: LinkState
  /** Whether the peer is a neighbour in the federation's topology. */
  direct: boolean
  priority: Priority
  /** Which end's attempt made the link. */
  direction: 'inbound' | 'outbound'
  remoteAddr: Multiaddr
  /** What the peer said of itself in the handshake. */
  proxy: boolean
  roles: string[]
  agent: string
  /** The round the peer is in by the handshake, its messages and its models since; null before its first. */
  round: number | null
  /** Milliseconds since the Unix epoch. */
  openedAt: number
  /** When a message other than `alive` last went over the link, in milliseconds since the Unix epoch. */
  lastActivity: number
  /** Whether the peer has said `federation_ready`, or the application has marked it ready. */
  ready: boolean
  /** The peer's last `discovery:discover`, in degrees. */
  location?: GeoLocation
  messagesSent: number
  messagesReceived: number
  bytesSent: number
  bytesReceived: number
}

export type LinkState = 'open' | 'reconnecting' | 'closed'

export type LinkCloseReason =
  | 'requested'
  | 'remote'
  | 'inactive'
  | 'replaced'
  | 'connection-lost'
  | 'send-failed'
  | 'silent'
  | 'protocol-error'
  | 'blacklisted'
  | 'shutting-down'
