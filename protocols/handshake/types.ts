import type { nebula_handshake as pb } from '../../proto/handshake.js'
import type { Multiaddr } from '@multiformats/multiaddr'

/** How important a link is to the end that asked for it. */
export type Priority = 'low' | 'medium' | 'high'

/** The listener's answer to a Hello, as the seed names it. */
export type Status = `${pb.Status}`

/** Why an attempt, a change or a link ended; `README.md` has the meanings. */
export type Reason = `${pb.Reason}`

/** What a node says of itself in Hello and in Welcome. */
export interface NodeInfo {
  federation: string
  proxy: boolean
  roles: string[]
  /** 0-based round of learning, `null` while none has begun. */
  round: number | null
  listenAddrs: Multiaddr[]
  agent: string
  /** Milliseconds since the Unix epoch by the node's clock; absent when it does not say. */
  time?: number
}

export interface Hello {
  type: 'hello'
  /** Grows with each attempt of the dialler, over restarts too. */
  attempt: bigint
  direct: boolean
  priority: Priority
  node: NodeInfo
}

export interface Welcome {
  type: 'welcome'
  status: Status
  reason: Reason
  /** The number of the listener's own newest attempt, to whomever; 0 if there was none. */
  attempt: bigint
  direct: boolean
  /** Present with status NEW. */
  node?: NodeInfo
}

/** Asks for the link to become direct or undirected. */
export interface Change {
  type: 'change'
  id: number
  direct: boolean
}

export interface Changed {
  type: 'changed'
  id: number
  accepted: boolean
  reason: Reason
}

export interface Goodbye {
  type: 'goodbye'
  reason: Reason
}

export type HandshakeFrame = Hello | Welcome | Change | Changed | Goodbye
