/** How urgent a message is: a higher one overtakes all lower ones that still wait. */
export type MessagePriority = 'low' | 'medium' | 'high'

export interface Envelope {
  /** NEBULA's `Wrapper`, byte for byte as its origin wrote it. */
  wrapper: Uint8Array<ArrayBuffer>
  /** Grows with each message of the origin; microseconds of its clock at first. */
  seqno: bigint
  /** The origin's signature; may be empty when the message comes straight from its origin. */
  signature: Uint8Array<ArrayBuffer>
  /** How many nodes have passed the message on. */
  hops: number
}
