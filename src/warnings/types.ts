/** What a warning is about. */
export type WarningCode =
  /** Another program holds the mDNS port and does not share it: the LAN cannot be asked. */
  | 'mdns-port-taken'
  /** No interface takes multicast: the LAN cannot be asked. */
  | 'mdns-no-multicast'
  /** There is no address that other nodes could dial: this node cannot be found. */
  | 'mdns-no-address'
  /** The clock of a peer differs from this node's clock. */
  | 'clock-differs'
  /** Peers take this node's messages for replays and drop them. */
  | 'messages-taken-for-replays'
  /** What the node keeps on disk cannot be written; it is kept in memory meanwhile. */
  | 'store-not-written'
  /** The disk has no room for a model. */
  | 'disk-full'
  /** A relay given as a listen address holds no reservation for this node. */
  | 'relay-not-reserved'
  /** The controller does not answer, or refuses this node. */
  | 'controller-not-reached'

/** Something that changes what a user can expect of this node, as long as it lasts. */
export interface Warning {
  code: WarningCode
  /** What it is about where there may be several of one code: an interface, an address, a PeerId. */
  subject?: string
  /** What is wrong and what to do about it. */
  message: string
  /** When it was raised, in milliseconds since the Unix epoch. */
  since: number
  error?: Error
}
