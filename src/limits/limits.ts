import { ConnectionGate } from './connection-gate.ts'
import { MemoryBudget } from './memory-budget.ts'
import { gateStreams } from './stream-gate.ts'
import type { ConnectionGateInit } from './connection-gate.ts'
import type { MemoryBudgetInit } from './memory-budget.ts'
import type { MessagePaceInit } from './message-pace.ts'
import type { StreamGateInit } from './stream-gate.ts'
import type { Clock } from '../lib/clock.ts'
import type { ComponentLogger, Libp2pEvents, PeerId, TypedEventTarget } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'

export interface LimitsComponents {
  registrar: Registrar
  events: TypedEventTarget<Libp2pEvents>
  logger: ComponentLogger
}

/** What a user may set. */
export type LimitsInit = Pick<MemoryBudgetInit, 'maxBufferedBytes'> &
  Pick<StreamGateInit, 'maxStreamsPerMinute'> &
  Pick<ConnectionGateInit, 'maxConnectionsPerMinute'> &
  MessagePaceInit & {
    /** Messages of others from one peer that are verified in a second. @default 2_000 */
    maxForeignMessagesPerSecond?: number
    /** Origins never heard of before from one peer in a minute. @default 2_000 */
    maxNewOriginsPerMinute?: number
  }

export interface LimitsListener {
  /** A peer does something that cannot be slowed down more often than it may. */
  onExcess(peer: PeerId): void
  /** The peer with the lowest loses its messages first when memory is short. */
  scoreOf(peer: PeerId): number
}

/** The limits over all protocols, and the registrar that heeds them. */
export interface Limits {
  budget: MemoryBudget
  connections: ConnectionGate
  registrar: Registrar
}

export function createLimits(
  components: LimitsComponents,
  init: LimitsInit & { clock?: Clock },
  { onExcess, scoreOf }: LimitsListener
): Limits {
  const log = components.logger.forComponent('nebula:limits')
  const budget = new MemoryBudget({ ...init, scoreOf })
  const tell = (peer: PeerId, error: Error): void => {
    log('%p - %e', peer, error)
    onExcess(peer)
  }

  return {
    budget,
    connections: new ConnectionGate(components, { ...init, onExcess: tell }),
    registrar: gateStreams(components.registrar, { ...init, budget, onExcess: tell })
  }
}
