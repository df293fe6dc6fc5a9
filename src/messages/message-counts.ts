/** What a messenger has done since it was made. Each count only grows, but the entries. */
export interface MessageCounts {
  /** This node's own, by type. */
  sent: Record<string, number>
  /** Those dispatched, by type. */
  received: Record<string, number>
  /** Envelopes, those passed on included. */
  bytesSent: number
  bytesReceived: number
  /** Copies that were passed on. */
  forwarded: number
  /** Messages that were not passed on because of a bound. */
  forwardDropped: number
  /** Messages that were looked up among those seen, and were there, or not. */
  seenHits: number
  seenMisses: number
  /** Messages that are remembered now. */
  seenEntries: number
}

/** Told how long things took, in milliseconds. */
export interface MessageObserver {
  /** The signature of a message was verified. */
  verified(ms: number): void
  /** A message of this node was sent. */
  sent(ms: number): void
}
