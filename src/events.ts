/** The events of the overlay, and what each tells. */
import type { LinkCloseReason, LinkInfo } from './link-info.ts'
import type { Message, MessageActions, MessageType } from './messages/types.ts'
import type { ModelEvents } from './models/types.ts'
import type { Warning } from './warnings/index.ts'
import type { GeoLocation } from './lib/geo-location.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface LinkRedial {
  peer: PeerId
  /** From 1. */
  round: number
  /** Within the round, from 1. */
  attempt: number
  /** Milliseconds since the Unix epoch. */
  retryAt: number
  /** Why the attempt before came to nothing. */
  error?: Error
}

export interface ReceivedMessage<T extends MessageType = MessageType> {
  /** Who wrote the message. */
  source: PeerId
  /** The linked peer it came from. */
  from: PeerId
  message: Message<T>
}

type MessageEventName<T extends MessageType> = MessageActions[T] extends ''
  ? `message:${T}`
  : `message:${T}:${MessageActions[T]}`

/** Models, and offers of models, have events of their own. */
type MessageEvents = {
  [
    T in MessageType as Exclude<MessageEventName<T>, 'message:model' | 'message:offer:offer_model'>
  ]: CustomEvent<ReceivedMessage<T>>
}

export interface NebulaEvents extends MessageEvents, ModelEvents {
  /** Every message that is dispatched, before its own event. */
  message: CustomEvent<ReceivedMessage>
  /** A message that had come already, perhaps over another path; it is neither dispatched nor passed on. */
  'message:duplicate': CustomEvent<{ source: PeerId; from: PeerId }>
  'link:open': CustomEvent<LinkInfo>
  'link:close': CustomEvent<{ link: LinkInfo; reason: LinkCloseReason }>
  /** A link became direct or undirected. */
  'link:upgrade': CustomEvent<LinkInfo>
  /** A peer whose link was lost is dialled again at `retryAt`, whichever part of the overlay dials it. */
  'link:redial': CustomEvent<LinkRedial>
  /** The set of neighbours changed; details as the engine gets them. */
  'neighbour:update': CustomEvent<{ peer: PeerId; added: boolean; neighbours: PeerId[] }>
  /** A peer of the federation was seen on the LAN for the first time, or again after it had been gone. */
  'peer:found': CustomEvent<{ peer: PeerId; multiaddrs: Multiaddr[] }>
  'peer:blacklisted': CustomEvent<{ peer: PeerId; reason: string; expiresAt: number }>
  /** A peer's score fell below `score.graylist`, or rose to it from the blacklist's: what it sends is ignored. */
  'peer:graylisted': CustomEvent<{ peer: PeerId; score: number; reason: string }>
  /** A peer's score is above `score.graylist` again. */
  'peer:recovered': CustomEvent<{ peer: PeerId; score: number }>
  /** A peer is recently disconnected: it is neither dialled nor accepted until `expiresAt`. */
  'peer:disconnected': CustomEvent<{ peer: PeerId; reason: string; expiresAt: number }>
  /**
   * A beacon (an mDNS announcement) of the federation was received. Nothing in it is authenticated; `location` is
   * where on earth the peer says it is.
   */
  beacon: CustomEvent<{ peer: PeerId; multiaddrs: Multiaddr[]; location?: GeoLocation }>
  /** All neighbours have said `federation_ready`. */
  'federation:ready': CustomEvent<{ neighbours: PeerId[] }>
  /** An address given by the user, or found, could not be linked; it is tried again. */
  'join:failed': CustomEvent<{ target: string; error: Error; retryAt: number }>
  /** The controller of NEBULA's platform has taken this node's registration. */
  'controller:registered': CustomEvent<Record<string, never>>
  /** The controller lets the node continue, for which `waitForController` waits. */
  'controller:continue': CustomEvent<Record<string, never>>
  /** Something changes what the user can expect of this node; raised once, however long it lasts. */
  warning: CustomEvent<Warning>
  /** What a `warning` said is over. */
  'warning:end': CustomEvent<Warning>
}
