/** What a messenger works with, its options and its events. */
import type { MessageType } from './types.ts'
import type { Clock } from '../lib/clock.ts'
import type { ForeignGateInit } from './foreign-gate.ts'
import type { ForwarderInit } from '../forwarding/index.ts'
import type { ReceivedMessage } from '../interface.ts'
import type { GrowingNumbersComponents } from '../lib/growing-numbers.ts'
import type { MemoryBudget, MessagePaceInit } from '../limits/index.ts'
import type { LinkManager } from '../links/index.ts'
import type { Warnings } from '../warnings/index.ts'
import type { ComponentLogger, PeerId, PrivateKey } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'

export interface MessengerComponents extends GrowingNumbersComponents {
  peerId: PeerId
  /** Signs what others may pass on. */
  privateKey: PrivateKey
  registrar: Registrar
  logger: ComponentLogger
  linkManager: LinkManager
  warnings: Pick<Warnings, 'raise' | 'end'>
}

export interface ForwardingInit extends Pick<
  ForwarderInit,
  | 'interval'
  | 'batchSize'
  | 'maxQueue'
  | 'maxQueueBytes'
  | 'maxPerSecond'
  | 'maxPerOrigin'
  | 'maxOriginsPerMinute'
> {
  /** Types of messages that a proxy passes on; not `control` or `connection`. @default ['discovery', 'federation', 'model'] */
  types?: MessageType[]
  /** Whether a server is everybody's neighbour (CFL): nothing is passed on then. @default false */
  centralised?: boolean
  /** Nodes that may pass a message on, one after the other. @default 16 */
  maxHops?: number
}

export interface MessengerInit {
  federation: string
  /** Whether this node passes on messages of the types of `forwarding`. */
  proxy: boolean
  forwarding?: ForwardingInit
  clock?: Clock
  /** Messages remembered to know duplicates. @default 10_000 */
  maxLocalMessages?: number
  /** Milliseconds for which a message is remembered at most. @default 600_000 */
  seenTtl?: number
  /** Sequence numbers of an origin that are told apart. @default 1_024 */
  replayWindow?: number
  /** Origins whose sequence numbers are kept. @default 10_000 */
  maxReplayOrigins?: number
  isBlacklisted(peer: PeerId): boolean
  /** Whether what a linked peer sends is judged and not taken. @default false for every peer */
  isIgnored?(peer: PeerId): boolean
  onViolation(peer: PeerId, error: Error): void
  /** A linked peer sent a message, whatever it is. */
  onArrival?(peer: PeerId): void
  /** A linked peer sent a message that it had sent before, or that is this node's own. */
  onRepeat?(peer: PeerId): void
  /** A linked peer took nothing of what was sent to it, in time. */
  onStall?(peer: PeerId, error: Error): void
  maxMessageBytes?: number
  maxQueuedMessages?: number
  maxQueuedBytes?: number
  maxCoalescedBytes?: number
  writeTimeout?: number
  maxUnacknowledgedMessages?: number
  ackTimeout?: number
  frameTimeout?: number
  maxStreamsPerConnection?: number
  /** Shared with the buffers of other parts. */
  budget?: MemoryBudget
  /** How fast the messages of one peer are read. */
  pace?: MessagePaceInit & Pick<ForeignGateInit, 'maxForeignMessagesPerSecond' | 'maxNewOriginsPerMinute'>
  /** A peer has sent faster than it is read for long, and sent another message, or handed on what it may not. */
  onFlood?(peer: PeerId): void
}

export interface MessengerEvents {
  message: CustomEvent<ReceivedMessage>
  /** A message that had come already, perhaps over another path. */
  duplicate: CustomEvent<{ source: PeerId; from: PeerId }>
}
