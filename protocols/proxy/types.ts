import type { nebula_proxy as pb } from '../../proto/proxy.js'
import type { Envelope } from '../message/index.ts'
import type { PeerId } from '@libp2p/interface'

/** What became of a message, as one node tells another. */
export type ProxyStatus = Exclude<keyof typeof pb.Status, 'UNSPECIFIED' | 'codec'>

/** A message on its way to a named peer. */
export interface Delivery {
  /** Who is to have the message. */
  target: PeerId
  /** The message, signed by its origin. `hops` is how many proxies have passed it on. */
  envelope: Envelope
  /** Milliseconds for which the asker waits for the answer. */
  timeout: number
}

export interface ReceivedDelivery extends Delivery {
  /** Bytes of its frame. */
  byteLength: number
  /** Bytes of the envelope, as it came. */
  envelopeBytes: number
  /** Aborted when the asker gives up, and when the protocol stops. */
  signal: AbortSignal
}

export interface Answer {
  status: ProxyStatus
  /** The target's signature; empty unless the status is DELIVERED. */
  acknowledgement: Uint8Array<ArrayBuffer>
}
