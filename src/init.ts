import type { Restrictions, RestrictionsInit, ScoreInit } from './scoring/index.ts'
import type { Clock, Random } from './lib/clock.ts'
import type { ControllerInit } from './controller/index.ts'
import type { FederationDiscoveryInit } from './discovery/federation-discovery.ts'
import type { LateJoiningInit } from './discovery/late-join/index.ts'
import type { RememberedNeighboursInit } from './discovery/remembered-neighbours.ts'
import type { JoinerInit } from './discovery/types.ts'
import type { Engine } from './engine/index.ts'
import type { LimitsInit } from './limits/index.ts'
import type { LinkManagerInit } from './links/index.ts'
import type { LinkHealthInit } from './links/link-health.ts'
import type { LinkSweeperInit } from './links/link-sweeper.ts'
import type { NeighboursInit } from './links/neighbours.ts'
import type { RediallerInit } from './links/redialler.ts'
import type { ForwardingInit, MessengerInit } from './messages/messenger-types.ts'
import type { ReactionsInit } from './messages/reactions.ts'
import type { PropagatorInit } from './propagation/strategies/index.ts'
import type { ModelsInit } from './models/index.ts'
import type { Warnings } from './warnings/index.ts'
import type { ProxyingInit } from './proxying/index.ts'
import type {
  ComponentLogger,
  Libp2pEvents,
  Metrics,
  PeerId,
  PrivateKey,
  TypedEventTarget
} from '@libp2p/interface'
import type { AddressManager, ConnectionManager, Registrar } from '@libp2p/interface-internal'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Datastore } from 'interface-datastore'

/** What the overlay uses of a libp2p node. */
export interface NebulaComponents {
  peerId: PeerId
  privateKey: PrivateKey
  registrar: Registrar
  connectionManager: ConnectionManager
  addressManager: AddressManager
  datastore: Datastore
  events: TypedEventTarget<Libp2pEvents>
  logger: ComponentLogger
  /** Where the overlay's counters and measures go, if anywhere. */
  metrics?: Metrics
}

/** Options of the service; times are milliseconds, sizes bytes. The keys are those of the node's configuration. */
export interface NebulaInit {
  /** The name under which nodes find each other: letters, digits and hyphens. @default 'nebula' */
  federation?: string
  /** @default an engine that learns nothing */
  engine?: Engine
  /** Milliseconds in which the engine tells its round and whether learning has finished. @default 2_000 */
  engineTimeout?: number
  /** Whether this node passes on what it receives. @default false */
  proxy?: boolean
  /** Told to linked peers. @default [] */
  roles?: string[]
  /** Where on earth this node is, in degrees, while the engine says nothing else; and how often neighbours are told, in ms. */
  location?: { latitude?: number | null; longitude?: number | null; interval?: number }
  /** Told to linked peers. @default 'nebula-overlay/VERSION' */
  agent?: string
  /** Nodes to hold an undirected link with. */
  dial?: Multiaddr[]
  /** Nodes to hold a direct link with. */
  direct?: Multiaddr[]
  /** Members known from the start; treated as if found on the LAN. */
  members?: Multiaddr[]
  mdns?: Pick<
    FederationDiscoveryInit,
    | 'enabled'
    | 'beacon'
    | 'externalConnectionService'
    | 'interval'
    | 'maxInterval'
    | 'port'
    | 'ip'
    | 'ip6'
    | 'interfaces'
    | 'excludeInterfaces'
    | 'presenceTtl'
    | 'maxPeers'
    | 'newPeersPerSecond'
    | 'addresses'
    | 'maxAddrsPerPeer'
    | 'findTimeout'
    | 'linkLocalPorts'
  >
  joining?: Pick<
    JoinerInit,
    | 'auto'
    | 'direct'
    | 'sendDiscover'
    | 'retryDelay'
    | 'maxRetryDelay'
    | 'maxParallel'
    | 'newDialsPerSecond'
    | 'newDialsAtOnce'
  >
  /** Offers to nodes that come late, and coming late. */
  lateJoin?: Pick<
    LateJoiningInit,
    'offers' | 'maxOffersPerMinute' | 'maxRequestsPerMinute' | 'offerTimeout' | 'confirmTimeout'
  >
  links?: Pick<
    LinkManagerInit,
    | 'maxLinks'
    | 'maxPendingInbound'
    | 'handshakeTimeout'
    | 'dialTimeout'
    | 'maxAttempts'
    | 'attemptDelay'
    | 'goodbyeTimeout'
    | 'maxStreamsPerConnection'
    | 'maxChangesPerMinute'
    | 'maxHandshakesPerMinute'
  > &
    Pick<LinkSweeperInit, 'inactivityTimeout' | 'sweepInterval' | 'surplusConnectionGrace'> &
    Pick<LinkHealthInit, 'aliveInterval' | 'silenceTimeout' | 'probeTimeout'> &
    Pick<
      RediallerInit,
      | 'redialAttempts'
      | 'redialRounds'
      | 'redialDelay'
      | 'maxRedialDelay'
      | 'maxParallelRedials'
      | 'maxRedials'
    > &
    Pick<NeighboursInit, 'neighbourLoss'> &
    Pick<RememberedNeighboursInit, 'remember'> &
    Pick<
      ReactionsInit,
      | 'acceptLinkMessages'
      | 'maxLinkMessageAddrs'
      | 'maxLinkMessagesFollowed'
      | 'maxLinkMessagesPerMinute'
      | 'maxLinkMessageDialsPerMinute'
      | 'maxLinkMessageDialsPerHost'
      | 'linkMessageRetryDelay'
    >
  messages?: Pick<
    MessengerInit,
    | 'maxLocalMessages'
    | 'seenTtl'
    | 'replayWindow'
    | 'maxReplayOrigins'
    | 'maxMessageBytes'
    | 'maxQueuedMessages'
    | 'maxQueuedBytes'
    | 'maxCoalescedBytes'
    | 'writeTimeout'
    | 'maxUnacknowledgedMessages'
    | 'ackTimeout'
    | 'frameTimeout'
    | 'maxStreamsPerConnection'
  >
  models?: Pick<
    ModelsInit,
    | 'storage'
    | 'maxMemoryBytes'
    | 'directory'
    | 'encoding'
    | 'maxModelBytes'
    | 'chunkSize'
    | 'maxParallelSends'
    | 'maxServedPerPeer'
    | 'maxParallelReceives'
    | 'maxPeerShare'
    | 'minReceiveRate'
    | 'maxSources'
    | 'maxParallelSources'
    | 'requestWindow'
    | 'maxRelaysPerMinute'
    | 'answerTimeout'
    | 'stallTimeout'
    | 'requestTimeout'
    | 'slotTimeout'
    | 'idleTimeout'
    | 'maxStreamsPerConnection'
    | 'maxStoredBytes'
    | 'maxStoredModels'
    | 'modelTtl'
    | 'maxRaisedModels'
    | 'maxRaisedOrigins'
  >
  /** How this node's model is propagated, and strategies beside `initialization` and `stable`. */
  propagation?: Pick<PropagatorInit, 'interval' | 'modelInterval' | 'historySize' | 'strategies'>
  /** What one peer may do, and all together may hold, over all protocols. */
  limits?: LimitsInit
  /** How received messages are passed on. */
  forwarding?: ForwardingInit
  /** Delivery to named peers by way of proxies. */
  proxying?: Pick<
    ProxyingInit,
    | 'timeout'
    | 'maxMessageBytes'
    | 'maxHops'
    | 'maxFanOut'
    | 'maxRequests'
    | 'maxRequestsPerClient'
    | 'maxRequestsPerSecond'
    | 'maxBytesPerSecond'
    | 'maxRemembered'
    | 'closeTimeout'
    | 'maxStreamsPerConnection'
  >
  /** The controller that `register` and `waitForController` speak to. */
  controller?: Pick<ControllerInit, 'url' | 'pollInterval' | 'timeout'> & {
    /** @default the name of the federation */
    scenario?: string | null
    /** What the node registers as. @default `host:port` of its first address that others can dial */
    node?: string | null
  }
  /** Options of the blacklist, or the one that the node's ConnectionGater (`blacklistGater`) uses. */
  restrictions?: Omit<RestrictionsInit, 'clock'> | Restrictions
  /** How the conduct of peers is weighed. */
  score?: ScoreInit
  /** Where failures are told, when the surroundings of the service tell theirs there too. */
  warnings?: Warnings
  clock?: Clock
  random?: Random
}
