import type { Clock } from '../lib/clock.ts'
import type { AdmissionInit } from './admission.ts'
import type { ConnectorInit } from './connector.ts'
import type { DiallerInit } from './dialler.ts'
import type { ClosedLink, LinkKeeperInit } from './link-keeper.ts'
import type { Link } from './link.ts'
import type { ConnectOptions } from '../interface.ts'
import type { GrowingNumbersComponents } from '../lib/growing-numbers.ts'
import type { ComponentLogger, PeerId } from '@libp2p/interface'
import type { ConnectionManager, Registrar } from '@libp2p/interface-internal'

export interface LinkManagerComponents extends GrowingNumbersComponents {
  peerId: PeerId
  registrar: Registrar
  connectionManager: ConnectionManager
  logger: ComponentLogger
}

export interface LinkManagerInit
  extends
    Pick<
      AdmissionInit,
      'federation' | 'learningFinished' | 'isBlacklisted' | 'isBlockedAddress' | 'isRecentlyDisconnected'
    >,
    Pick<LinkKeeperInit, 'describeSelf' | 'onViolation' | 'maxChangesPerMinute'>,
    Pick<ConnectorInit, 'maxAttempts' | 'attemptDelay'>,
    DiallerInit {
  clock?: Clock
  /** Has the engine asked for what `learningFinished` and `describeSelf` say; nothing when they say it at once. */
  askEngine?(): Promise<void> | undefined
  /** A peer asks for changes without end. */
  onUnwanted?(peer: PeerId): void
  /** A peer opened a stream of the handshake and said no hello in time. */
  onStall?(peer: PeerId, error: Error): void
  /** @default 1_000 */
  maxLinks?: number
  /** @default 64 */
  maxPendingInbound?: number
  /** Attempts of one peer; more is a violation. @default 60 */
  maxHandshakesPerMinute?: number
  /** Milliseconds for each step. @default 5_000 */
  handshakeTimeout?: number
  /** @default 8 */
  maxStreamsPerConnection?: number
  /** Milliseconds. @default 1_000 */
  goodbyeTimeout?: number
}

export interface LinkOptions extends ConnectOptions {
  /** Whether this node itself wants the link, and not only because a peer told it so. @default true */
  wanted?: boolean
}

export interface LinkManagerEvents {
  open: CustomEvent<Link>
  /** The link is no longer in the table. */
  close: CustomEvent<ClosedLink>
  /** The link became direct or undirected. */
  direct: CustomEvent<Link>
  /** No link with the peer is wanted any more, whether or not there is one. */
  unwanted: CustomEvent<PeerId>
}
