/**
 * The public, typed face of the overlay: what `libp2p.services.nebula` offers
 * and which events it raises.
 */
import type { NebulaEvents, ReceivedMessage } from './events.ts'
import type { LinkInfo } from './link-info.ts'
import type { Priority } from '../protocols/handshake/index.ts'
import type { ScoreExplanation } from './scoring/score/index.ts'
import type { RegisterOptions } from './controller/index.ts'
import type { GeoLocation } from './lib/geo-location.ts'
import type {
  AppRequest,
  Message,
  MessageActions,
  MessageFields,
  MessageType,
  RequestOptions
} from './messages/types.ts'
import type {
  ModelDelivery,
  ModelInfo,
  NewModel,
  ReadableModel,
  ReceivedModel,
  SendModelOptions
} from './models/types.ts'
import type { LateJoinOptions, LateJoinResult } from './discovery/late-join/types.ts'
import type { Propagation } from './propagation/strategies/types.ts'
import type { Warning } from './warnings/index.ts'
import type { AbortOptions, PeerId, TypedEventTarget } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export type { GeoLocation } from './lib/geo-location.ts'
export type { LinkCloseReason, LinkInfo, LinkState } from './link-info.ts'
export type { LinkRedial, NebulaEvents, ReceivedMessage } from './events.ts'
export type { RegisterOptions } from './controller/index.ts'
export type { Warning, WarningCode } from './warnings/index.ts'
export type { ScoreExplanation, ScoreState, TermScore } from './scoring/score/index.ts'

export interface PeerFilter {
  onlyDirect?: boolean
  /** Without effect beside `onlyDirect`. */
  onlyUndirected?: boolean
  /** Whether to add this node itself. */
  myself?: boolean
}

export interface ReconnectingFilter {
  /** Whether to add the links that were lost and are being made again. @default false */
  reconnecting?: boolean
}

export interface LinkFilter extends Omit<PeerFilter, 'myself'>, ReconnectingFilter {}

export interface ConnectOptions extends AbortOptions {
  /** @default true */
  direct?: boolean
  /** @default 'medium' */
  priority?: Priority
}

export interface DisconnectOptions extends AbortOptions {
  /** Whether to tell the peer (`Goodbye`). @default true */
  mutual?: boolean
  /** Whether to blacklist the peer. @default false */
  forced?: boolean
  /**
   * Whether the peer is left alone for a while: neither dialled nor accepted
   * (`restrictions.recentlyDisconnectedTtl`). @default true
   */
  restrict?: boolean
}

export interface SendOptions extends AbortOptions {
  /** @default 'medium' */
  priority?: Priority
  /**
   * What happens while as many messages wait for the peer as may
   * (`messages.maxQueuedMessages`, `messages.maxQueuedBytes`): the caller waits
   * too, with `false` it gets a `QueueFullError`. A caller that waits holds its
   * message anyhow, so that any number may; one that makes messages faster than
   * they are sent should await each, or not wait. Models always wait.
   *
   * @default true
   */
  wait?: boolean
}

export interface SendToNeighboursOptions extends SendOptions {
  /** The linked peers to send to. @default all neighbours */
  peers?: PeerId[]
  /** Milliseconds between two peers. @default 0 */
  interval?: number
}

export interface ForwardOptions {
  /** The neighbour that the message was received from, which does not get it. */
  from?: PeerId
}

export interface StartCommunicationsOptions extends AbortOptions {
  /** Milliseconds before the first dial, in which the other nodes come up. @default 0 */
  graceTime?: number
  /** Milliseconds from the first dial until all are to be linked; `Infinity` waits without end. @default 60_000 */
  timeout?: number
}

export interface JoinOptions extends AbortOptions {
  /** The message sent to each member. @default 'discover_join' */
  type?: 'discover_join' | 'discover_nodes'
  /** Members to use instead of looking for them; one that was disconnected a short while ago is welcome again. */
  addrs?: Array<PeerId | Multiaddr>
}

export interface JoinResult {
  /** How many members got the discover message; neighbours get none. */
  discoversSent: number
  /** Members that were linked by this call. */
  linksMade: PeerId[]
  /** Members that had a link already. */
  linksKept: PeerId[]
  /** Members that were not reached, in the order in which that was known. */
  leftOut: LeftOut[]
}

export interface LeftOut {
  /** As it was named, or the addresses at which it was found. */
  member: PeerId | Multiaddr | Multiaddr[]
  /**
   * `self`: it is this node; `blacklisted`: it, or its address, is, or the
   * application's own ConnectionGater denies it; `recently-disconnected`: of members
   * that were found, not of those in `addrs`; `failed`: see `error`.
   */
  reason: 'self' | 'blacklisted' | 'recently-disconnected' | 'failed'
  /** Why there is no link, or why the message was not delivered; also where only the dial told that it is `self` or `blacklisted`. */
  error?: Error
}

export interface RestrictionInfo {
  peer: PeerId
  kind: 'blacklisted' | 'recently-disconnected'
  reason: string
  /** Milliseconds since the Unix epoch. */
  expiresAt: number
}

/** An IP address, or a subnet, that is shut out. */
export interface BlockedAddress {
  /** Such as `203.0.113.7` or `2001:db8::/32`. */
  address: string
  reason: string
  /** Milliseconds since the Unix epoch; null for one of the configuration, which does not expire. */
  expiresAt: number | null
}

export interface BlacklistOptions {
  /** @default 'added by the application' */
  reason?: string
  /**
   * Milliseconds for which the entry holds. Without it, an entry that is there
   * and holds for longer stays as it is.
   *
   * @default `restrictions.blacklistTtl`
   */
  ttl?: number
}

/**
 * The overlay service, `libp2p.services.nebula`. Its promises are rejected with
 * errors only, which can be told by their `name` (those of the system by their
 * `code`); what else was thrown is the `cause` of a `ForeignError`, and of an
 * `AbortError` when a signal was aborted with it.
 */
export interface Nebula extends TypedEventTarget<NebulaEvents> {
  readonly federation: string
  readonly peerId: PeerId
  /** Where on earth this node is, by its engine or its configuration; undefined where neither says. */
  readonly location: GeoLocation | undefined
  /** Sends this node's model by the rules of a strategy (seed: `propagator`). */
  readonly propagator: Propagation

  /** Federation, PeerId, state and links in one line. */
  toString(): string
  /** Whether the overlay has started and has not begun to stop. */
  readonly running: boolean
  /** Resolves when the overlay has stopped, at once when it does not run (seed: `network_wait`). */
  stopped(options?: AbortOptions): Promise<void>
  /**
   * Holds a direct link with each neighbour from now on; resolves with their
   * PeerIds when all are linked. This node itself, in whatever form it is named,
   * is left out. One that is not linked is dialled at once, also where it was
   * dialled in vain before, or was disconnected a short while ago.
   *
   * @throws {MissingNeighboursError} when some are not linked within `timeout`; `missing` names them, and they are still dialled
   * @throws {InvalidParametersError} when a neighbour is no PeerId or Multiaddr (a text is none), or a time is no number from 0
   * @throws {NotStartedError} when the overlay does not run
   * @throws {AbortError} when the overlay stops before all are linked
   */
  startCommunications(
    neighbours: Iterable<PeerId | Multiaddr>,
    options?: StartCommunicationsOptions
  ): Promise<PeerId[]>

  /** The warnings that have not ended. */
  warnings(): Warning[]

  /**
   * The open links, filtered as the seed's `get_all_addrs_current_connections`,
   * and on demand those that are being made again (`state`).
   */
  links(filter?: LinkFilter): LinkInfo[]
  link(peer: PeerId, filter?: ReconnectingFilter): LinkInfo | undefined
  /** The PeerIds of the open links, filtered as the seed's `get_addrs_current_connections`. */
  peers(filter?: PeerFilter): PeerId[]

  /**
   * Makes a link, or upgrades the one there is.
   *
   * @throws {InvalidParametersError} when the target is no PeerId or Multiaddr; a text is none
   * @throws {HandshakeError} when the peer refuses; `reason` says why. `SELF`: the target is this node itself
   * @throws {DialError} when the peer cannot be reached
   * @throws {ConnectionDeniedError} when the peer closes every connection at once: it may have blacklisted this node
   */
  connect(target: PeerId | Multiaddr | Multiaddr[], options?: ConnectOptions): Promise<LinkInfo>
  /** Ends the link to the peer; without a link only `forced` has an effect. */
  disconnect(peer: PeerId, options?: DisconnectOptions): Promise<void>
  /**
   * Makes an existing link direct (`true`) or undirected (`false`) at both ends.
   *
   * @throws {HandshakeError} when the peer refuses
   */
  setDirect(peer: PeerId, direct: boolean, options?: AbortOptions): Promise<LinkInfo>
  /** Whether all the peers are linked. */
  verifyConnections(peers: Iterable<PeerId>): boolean
  /** Whether at least one of the peers is linked. */
  verifyAnyConnections(peers: Iterable<PeerId>): boolean

  /** Whether the link with the peer was lost and is being made again, by whatever part. */
  redialling(peer: PeerId): boolean
  /** Dials all peers now that are to be dialled later; returns those whose PeerId is known (seed: `run_reconnections`). */
  runReconnections(): PeerId[]
  /**
   * Gives up a peer whose link was lost: it is no longer dialled, also where it
   * was named (`direct`, `startCommunications`), until it is named or found
   * again, and is left alone for a while. `false` when it is not being dialled again.
   */
  terminateFailedReconnection(peer: PeerId): boolean
  /** Closes the undirected links that are not used (`links.inactivityTimeout`), and tells whose. */
  clearUnusedUndirectConnections(): Promise<PeerId[]>

  /**
   * Linked peers that have said `federation_ready`, or were marked. What a peer
   * said holds when its link is made again, until one of the two disconnects or
   * bans the other, the peer is given up, or the overlay stops. This node says
   * its own `federation_ready` again to whom the application has sent it, over
   * each new link, and, once it went to all neighbours, to each new neighbour.
   */
  readyPeers(): PeerId[]
  /** Linked peers that have begun round 0 or a later one (seed: `get_ready_connections`). */
  learningPeers(): PeerId[]
  /** Marks a peer as ready, as if it had said so (seed: `add_ready_connection`); one without a link counts once it is linked. */
  addReadyConnection(peer: PeerId): void
  /**
   * Whether there are neighbours and all of them are ready. One whose link was
   * lost is a neighbour until it is given up (`links.neighbourLoss`).
   */
  checkFederationReady(): boolean

  /**
   * Builds a message with the seed's defaults for the fields left out.
   *
   * @throws {InvalidMessageError} for an unknown type, action or field
   */
  createMessage<T extends MessageType>(
    type: T,
    action?: MessageActions[T],
    fields?: Partial<MessageFields[T]>
  ): Message<T>
  /** Every message type with its actions (seed: `get_messages_events`). */
  getMessagesEvents(): { [T in MessageType]: Array<MessageActions[T]> }
  /**
   * Whether a hash that the application gives is new; one that is not raises
   * `message:duplicate`. For what the application receives by other ways: the
   * overlay's own messages are told apart already.
   */
  includeReceivedMessageHash(hash: string, source: PeerId): boolean
  /**
   * Sends a message over the link to the peer; resolves once the peer's overlay
   * has taken it, whatever it makes of it. A message for which it resolved was
   * not lost, however the link ends; one for which it rejected has arrived once
   * or not at all.
   * Messages sent without waiting for one another keep their order and share
   * their acknowledgements. `model` and `offer_model` go as models
   * (`sendModel`), and resolve when the peer has them.
   *
   * @throws {NotLinkedError} when there is no link
   * @throws {MessageTooLargeError | InvalidMessageError} when the message cannot be sent as it is
   * @throws {QueueFullError} when `wait` is false and the queue for the peer is full: it was not sent
   * @throws {MessageDroppedError} when it was dropped for want of memory while it waited: it was not sent
   * @throws {OutboxClosedError} when the link ends while the message waits: it was not sent
   * @throws {UnacknowledgedError} when the link ends after that: it may have arrived
   */
  send(peer: PeerId, message: Message, options?: SendOptions): Promise<void>
  /**
   * Asks the application of a linked peer, which gets it as the message `app`
   * `request` and replies by `reply`; resolves with what it replies.
   *
   * @throws {TimeoutError} when no reply comes within `timeout`
   * @throws {AbortError} when the overlay stops
   * @throws {QueueFullError} while 1,024 requests wait for their replies
   * @throws what `send` throws
   */
  request(peer: PeerId, request: AppRequest, options?: RequestOptions): Promise<Uint8Array>
  /**
   * Replies to a request that came as `message:app:request`.
   *
   * @throws {InvalidMessageError} when it is no request
   * @throws what `send` throws
   */
  reply(request: ReceivedMessage, payload: Uint8Array, options?: SendOptions): Promise<void>
  /** Sends to all neighbours; rejects with an `AggregateError` once all have been tried when any failed. */
  sendToNeighbours(message: Message, options?: SendToNeighboursOptions): Promise<void>
  /**
   * Hands a message to the forwarder, which sends it to the neighbours that it
   * did not come from, within the bounds of `forwarding.*` (seed:
   * `forward_message`). A message that was received (the object of the event)
   * goes on with its source and the signature of that; any other, and the bytes
   * of a `Wrapper` of this node's, go as this node's own, and proxies pass them
   * on. Resolves with `false` when it is dropped: it was passed on before, or there
   * are too many. A neighbour that cannot be reached misses it.
   *
   * @throws {NotForwardableError} for `control` and `connection` messages, which are for their link, and where others would refuse it; `reason` says why
   * @throws {InvalidMessageError | MessageTooLargeError} when the message cannot be sent as it is, or the bytes are no `Wrapper`
   * @throws {NotStartedError} when the overlay does not run
   */
  forwardMessage(message: Message | Uint8Array, options?: ForwardOptions): Promise<boolean>
  /**
   * Sends a message to a peer that this node has no link with, by way of a
   * linked proxy; resolves once the peer itself has acknowledged it. There it
   * comes with this node as `source` and a proxy as `from`. Models do not go so.
   *
   * @throws {NotLinkedError} when there is no link with the proxy
   * @throws {MessageTooLargeError | InvalidMessageError} when the message cannot be sent as it is
   * @throws {InvalidParametersError} when the peer is this node or the proxy
   * @throws {ProxyError} when it was not delivered; `status` says why
   */
  sendVia(proxy: PeerId, peer: PeerId, message: Message, options?: AbortOptions): Promise<void>

  /**
   * Compresses, signs and keeps a model, ready to be sent.
   *
   * @throws {ModelTooLargeError} when it is above `models.maxModelBytes`
   * @throws {ModelStoreFullError} when there is no room beside those in use
   * @throws {DiskFullError} when the disk has none
   * @throws {InvalidModelHeaderError} when a field is outside its limits
   * @throws {InvalidParametersError} when a field is of another type
   * @throws what the source of the payload throws; the reason of the signal
   */
  createModel(model: NewModel, options?: AbortOptions): Promise<ModelInfo>
  /**
   * Sends a model over the links to the peers, to `models.maxParallelSends` at
   * a time; resolves when all have it, in the order of `peers`.
   *
   * @throws {NotLinkedError} when there is no link to one of them; then nothing is sent
   * @throws {LearningFinishedError} once learning has finished, unless the engine says `modelsWhenFinished`
   * @throws {ModelGoneError} when a model that was made before is no longer kept
   * @throws {AggregateError} once all have been tried, when any failed
   * @throws what `createModel` throws
   */
  sendModel(
    peers: PeerId[],
    model: NewModel | ModelInfo,
    options?: SendModelOptions
  ): Promise<ModelDelivery[]>
  /**
   * Asks a linked peer for a model that it has; resolves when it is whole. One
   * that was raised before is not raised again.
   *
   * @throws {NotLinkedError} when there is no link
   * @throws {ModelRefusedError} when the peer does not serve it, or this node does not take it
   * @throws {ModelTransferError} when every source was lost
   */
  fetchModel(id: string, peer: PeerId, options?: AbortOptions): Promise<ReceivedModel>
  /** Gives up receiving a model. What has come is kept for a while. */
  cancelModel(id: string): void
  /**
   * A model that is kept whole, own or received, to be read.
   *
   * @throws {ModelGoneError} when it is not kept
   */
  openModel(id: string): ReadableModel
  /** The models that are kept whole, own and received, the newest last. */
  models(): ModelInfo[]

  /**
   * Shuts out a peer, or all who come from an IP address or a subnet, and ends
   * their connections.
   *
   * @param target - a PeerId, or an address such as `203.0.113.7` or `2001:db8::/32`
   * @param options - or the reason alone
   * @throws {InvalidParametersError} when a text is no address, the target is neither, or `ttl` is no number above 0
   */
  addToBlacklist(target: PeerId | string, options?: string | BlacklistOptions): Promise<void>
  /**
   * Lets a peer in again, also one that was disconnected a short while ago, and
   * forgives it what it has done; or an address. One of the configuration stays.
   *
   * @throws {InvalidParametersError} when a text is no address
   */
  removeFromBlacklist(target: PeerId | string): Promise<void>
  /**
   * Leaves a peer alone for a while, neither dialled nor accepted; a link that there is stays.
   *
   * @throws {InvalidParametersError} when `peer` is no PeerId, or `ttl` no number above 0
   */
  addToRecentlyDisconnected(peer: PeerId, options?: BlacklistOptions): Promise<void>
  restrictions(): RestrictionInfo[]
  blockedAddresses(): BlockedAddress[]
  /** The peers that are neither blacklisted nor recently disconnected. */
  applyRestrictions(peers: Iterable<PeerId>): PeerId[]
  /** Lifts every restriction of peers and addresses, but those of the configuration. */
  clearRestrictions(): Promise<void>

  /** What the peer's conduct is worth: 0 for one that is not known, negative for one that misbehaves. */
  score(peer: PeerId): number
  /** The score and every term that it is the sum of. */
  explainScore(peer: PeerId): ScoreExplanation
  /** Of every peer that is linked, or has something held against it; the worst first. */
  scores(): ScoreExplanation[]

  /**
   * Starts to announce this node on the LAN: at once, and then at the interval.
   *
   * @throws {NotStartedError} when the overlay does not run
   */
  startBeacon(): Promise<void>
  /** Ends the announcements. The external connection service, where it runs, still answers who asks. */
  stopBeacon(): Promise<void>
  readonly beaconRunning: boolean
  /** Milliseconds between two announcements, and between two questions of the external connection service. */
  readonly beaconInterval: number
  /**
   * @param intervalMs - milliseconds between two announcements, and between two questions
   * @throws {InvalidParametersError} when it is not from 100 ms to an hour
   */
  setBeaconInterval(intervalMs: number): Promise<void>
  /**
   * Starts to ask the LAN for members, to hear their beacons and answers, and to answer who asks.
   *
   * @throws {NotStartedError} when the overlay does not run
   */
  startExternalConnectionService(): Promise<void>
  /** Ends that. The beacon, where it runs, still announces this node; links stay. */
  stopExternalConnectionService(): Promise<void>
  readonly externalConnectionServiceRunning: boolean
  /**
   * The members of the federation that have been seen on the LAN and are still there.
   *
   * @throws {NotStartedError} when the overlay does not run
   */
  findFederation(options?: AbortOptions): Promise<PeerId[]>
  /** Links with the members and sends each a discover message (seed: `stablish_connection_to_federation`). */
  joinFederation(options?: JoinOptions): Promise<JoinResult>
  /**
   * Comes to a federation that learns already, or finds further neighbours in
   * it: sends discover messages as `joinFederation`, collects the offers, asks
   * the candidates among them to become neighbours, and waits until they have.
   */
  lateJoin(options?: LateJoinOptions): Promise<LateJoinResult>

  /**
   * Posts this node to the controller of NEBULA's platform, and raises
   * `controller:registered`.
   *
   * @throws {ControllerError} when none is configured; without `retry` also when it does not answer, or refuses
   * @throws {AbortError} when the overlay stops
   */
  register(options?: RegisterOptions): Promise<void>
  /**
   * Resolves when the controller lets the node continue, and raises
   * `controller:continue`.
   *
   * @throws {ControllerError} when none is configured
   * @throws {AbortError} when the overlay stops
   */
  waitForController(options?: AbortOptions): Promise<void>
}
