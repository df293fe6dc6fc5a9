import type { Clock, Random } from '../lib/clock.ts'
import type { NewDialsInit } from './new-dials.ts'
import type { ReconnectsInit } from './reconnects.ts'
import type { LinkManager } from '../links/index.ts'
import type { Messenger } from '../messages/index.ts'
import type { Warnings } from '../warnings/index.ts'
import type { ComponentLogger, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface JoinerComponents {
  linkManager: Pick<
    LinkManager,
    'links' | 'connect' | 'setDirect' | 'addEventListener' | 'removeEventListener'
  >
  messenger: Pick<Messenger, 'send'>
  warnings: Pick<Warnings, 'raise' | 'end'>
  logger: ComponentLogger
}

export interface JoinFailure {
  target: string
  error: Error
  /** Milliseconds since the Unix epoch. */
  retryAt: number
}

export interface JoinerInit extends NewDialsInit, Omit<ReconnectsInit, 'clock'> {
  clock?: Clock
  random?: Random
  /** Whether a PeerId or an address is this node's own. @default none is */
  isOwn?(place: PeerId | Multiaddr): boolean
  /** Whether the peer may be dialled by itself now. */
  mayJoin(peer: PeerId): boolean
  /** Whether the peer announces itself. @default it does */
  isPresent?(peer: PeerId): boolean
  /** A peer that had been linked is neither reached nor announced any more, or is given up on demand. */
  onGiveUp?(peer: PeerId): void
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
