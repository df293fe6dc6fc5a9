import type { Nebula } from '../interface.ts'
import type { CircuitRelayService } from '@libp2p/circuit-relay-v2'
import type { Identify } from '@libp2p/identify'
import type { Ping } from '@libp2p/ping'

/** The services that every node has; the user's stand beside them. */
export interface NodeServices extends Record<string, unknown> {
  identify: Identify
  ping: Ping
  nebula: Nebula
  /** Present when the node relays for others. */
  relay?: CircuitRelayService
}
