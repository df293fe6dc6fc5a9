import { bothGaters } from './both-gaters.ts'
import { checkOptions } from './check.ts'
import { Libp2pOptionsError } from './errors.ts'
import { namedOnce } from './named-once.ts'
import type { UserLibp2pOptions } from './types.ts'
import type { ServiceMap, StreamMuxerFactory, Transport } from '@libp2p/interface'
import type { Libp2pOptions } from 'libp2p'

/** What the node does to the user's transports and muxers, so that its bounds hold for them. */
export interface UserOptionsGuards {
  transport<C>(create: (components: C) => Transport): (components: C) => Transport
  muxer<C>(create: (components: C) => StreamMuxerFactory): (components: C) => StreamMuxerFactory
}

/** The keys of the configuration that set what the user set in the options of libp2p. */
const CONFIG_KEYS: Record<string, string> = {
  'connectionManager.maxConnections': 'connections.maxConnections',
  'connectionManager.maxParallelDials': 'connections.maxParallelDials',
  'connectionManager.maxPeerAddrsToDial': 'connections.maxPeerAddrsToDial',
  'connectionManager.inboundConnectionThreshold': 'connections.inboundPerSecond',
  'connectionManager.maxIncomingPendingConnections': 'connections.maxIncomingPending',
  'connectionManager.dialTimeout': 'links.dialTimeout',
  'connectionMonitor.pingInterval': 'connections.pingInterval',
  'connectionMonitor.pingTimeout': 'connections.pingTimeout',
  'services.relay': 'relay.server'
}

/**
 * The node's own options with the user's. Lists are joined, the node's own
 * first; a connection must pass both gaters; what the node leaves to libp2p is
 * the user's. The identity (key, datastore, logger, metrics) is in `ours`.
 *
 * @throws {Libp2pOptionsError} when both set the same thing
 */
export function mergeLibp2pOptions<O extends ServiceMap, T extends ServiceMap>(
  ours: Libp2pOptions<O>,
  theirs: UserLibp2pOptions<T>,
  guards: UserOptionsGuards
): Libp2pOptions<O & T> {
  checkOptions(theirs)

  const transports = namedOnce(
    'transports',
    [...(ours.transports ?? []), ...(theirs.transports ?? []).map((create) => guards.transport(create))],
    (transport) => transport[Symbol.toStringTag],
    'Leave it out of `transports` in the configuration of the node'
  )
  const connectionEncrypters = namedOnce(
    'connectionEncrypters',
    [...(ours.connectionEncrypters ?? []), ...(theirs.connectionEncrypters ?? [])],
    ({ protocol }) => protocol,
    'Leave it out of `encryption` in the configuration of the node'
  )
  const streamMuxers = namedOnce(
    'streamMuxers',
    [...(ours.streamMuxers ?? []), ...(theirs.streamMuxers ?? []).map((create) => guards.muxer(create))],
    ({ protocol }) => protocol,
    'The muxer of the node is set by `connections` in its configuration'
  )

  return {
    start: false,
    privateKey: ours.privateKey,
    datastore: ours.datastore,
    logger: ours.logger,
    metrics: ours.metrics,
    ...once(ours, theirs),
    nodeInfo: { ...ours.nodeInfo, ...theirs.nodeInfo },
    addresses: mergeAddresses(ours.addresses, theirs.addresses),
    transports,
    connectionEncrypters,
    streamMuxers,
    connectionGater:
      theirs.connectionGater == null
        ? ours.connectionGater
        : bothGaters(ours.connectionGater ?? {}, theirs.connectionGater),
    connectionManager: keys('connectionManager', ours.connectionManager, theirs.connectionManager),
    connectionMonitor: keys('connectionMonitor', ours.connectionMonitor, theirs.connectionMonitor),
    peerDiscovery: [...(ours.peerDiscovery ?? []), ...(theirs.peerDiscovery ?? [])],
    peerRouters: [...(ours.peerRouters ?? []), ...(theirs.peerRouters ?? [])],
    contentRouters: [...(ours.contentRouters ?? []), ...(theirs.contentRouters ?? [])],
    services: mergeServices(ours.services, theirs.services)
  }
}

type Single = Pick<Libp2pOptions, 'connectionProtector' | 'dns' | 'peerStore' | 'transportManager'>

/** What only one of the two may set. */
function once(ours: Single, theirs: Single): Single {
  if (ours.connectionProtector != null && theirs.connectionProtector != null) {
    throw new Libp2pOptionsError(
      'connectionProtector',
      'it is set by `libp2p.swarmKey` in the configuration of the node'
    )
  }

  return {
    connectionProtector: theirs.connectionProtector ?? ours.connectionProtector,
    dns: theirs.dns ?? ours.dns,
    peerStore: keys('peerStore', ours.peerStore, theirs.peerStore),
    transportManager: keys('transportManager', ours.transportManager, theirs.transportManager)
  }
}

/** Both objects in one; a key of both is an error. */
function keys<A extends object, B extends object>(
  option: string,
  ours: A | undefined,
  theirs: B | undefined
): A & B {
  for (const name of Object.keys(theirs ?? {})) {
    if (ours != null && Object.hasOwn(ours, name)) {
      const path = `${option}.${name}`
      const key = CONFIG_KEYS[path]

      throw new Libp2pOptionsError(
        path,
        key == null
          ? 'the node or its configuration sets it already'
          : `it is set by \`${key}\` in the configuration of the node`
      )
    }
  }

  return { ...ours, ...theirs } as A & B
}

function mergeServices<O extends ServiceMap, T extends ServiceMap>(
  ours: Libp2pOptions<O>['services'],
  theirs: UserLibp2pOptions<T>['services']
): Libp2pOptions<O & T>['services'] {
  // each factory finds the services of the others among its components
  return keys('services', ours, theirs) as unknown as Libp2pOptions<O & T>['services']
}

type Addresses = Libp2pOptions['addresses']

function mergeAddresses(ours: Addresses, theirs: Addresses): Addresses {
  const { announceFilter: first, ...their } = theirs ?? {}
  const { announceFilter: second, ...our } = ours ?? {}
  const joined = Object.fromEntries(
    (['listen', 'announce', 'appendAnnounce', 'noAnnounce'] as const).map((name) => [
      name,
      [...new Set([...(our[name] ?? []), ...(their[name] ?? [])])]
    ])
  )

  return {
    ...our,
    ...their,
    ...joined,
    announceFilter: (addrs) => {
      const filtered = first?.(addrs) ?? addrs

      return second?.(filtered) ?? filtered
    }
  }
}
