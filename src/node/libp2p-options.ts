import { join } from 'node:path'
import { noise } from '@chainsafe/libp2p-noise'
import { bootstrap } from '@libp2p/bootstrap'
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { systemClock } from '../lib/clock.ts'
import { blacklistGater } from '../scoring/index.ts'
import { nebula } from '../service.ts'
import { VERSION } from '../version.ts'
import { isTcp, LinkLocalTcp } from './link-local-tcp.ts'
import { PendingUpgrades } from './pending-upgrades.ts'
import { INBOUND_UPGRADE_TIMEOUT_MS, MAX_PING_STREAMS } from './constants.ts'
import { isRelayTransport, keepReservations, relayTransport } from './relay-transport.ts'
import { steadyMuxer } from './steady-muxer.ts'
import { timelessTls } from './tls/encrypter.ts'
import { mergeLibp2pOptions } from './user-options/index.ts'
import { boundWebSockets, isWebSockets, webSocketTransport } from './websocket-transport.ts'
import type { KeepReservationsInit, RelayTransportComponents } from './relay-transport.ts'
import type { NodeServices } from './node-services.ts'
import type { UserLibp2pOptions, UserOptionsGuards } from './user-options/index.ts'
import type { Config } from '../config/index.ts'
import type { Engine } from '../engine/index.ts'
import type { Restrictions } from '../scoring/index.ts'
import type { Warnings } from '../warnings/index.ts'
import type { TCPComponents } from '@libp2p/tcp'
import type { ComponentLogger, PrivateKey, ServiceMap } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Datastore } from 'interface-datastore'
import type { Libp2pOptions } from 'libp2p'

export interface NodeParts {
  privateKey: PrivateKey
  datastore: Datastore
  restrictions: Restrictions
  warnings: Warnings
  engine?: Engine
  engineTimeout?: number
  logger?: ComponentLogger
  metrics?: Libp2pOptions['metrics']
}

export interface UserParts<T extends ServiceMap> {
  /** Options of the configuration that are plain data. */
  plain: UserLibp2pOptions
  /** The user's own options. */
  user: UserLibp2pOptions<T>
}

/**
 * What js-libp2p is to be built from for a configuration, with the user's own options.
 *
 * @throws {Libp2pOptionsError} when they set what the node sets
 */
export function libp2pOptions<T extends ServiceMap>(
  config: Config,
  parts: NodeParts & UserParts<T>
): Libp2pOptions<NodeServices & T> {
  const { maxIncomingPending } = config.connections
  const upgrades = new PendingUpgrades(maxIncomingPending)
  const linkLocal = new LinkLocalTcp()
  const guards: UserOptionsGuards = {
    transport: (create) =>
      upgrades.bound((components) => {
        const transport = create(components)

        if (isWebSockets(transport)) {
          return boundWebSockets(transport, { max: maxIncomingPending, timeout: INBOUND_UPGRADE_TIMEOUT_MS })
        }

        if (isTcp(transport)) {
          return linkLocal.extend(transport)
        }

        return isRelayTransport(transport)
          ? // libp2p gives every transport the same
            keepReservations(transport, components as RelayTransportComponents, reservationsInit(parts))
          : transport
      }),
    muxer: steadyMuxer
  }
  const ours = mergeLibp2pOptions(ownOptions(config, parts, upgrades, linkLocal), parts.plain, guards)

  return mergeLibp2pOptions(ours, parts.user, guards)
}

function ownOptions(
  config: Config,
  parts: NodeParts,
  upgrades: PendingUpgrades,
  linkLocal: LinkLocalTcp
): Libp2pOptions<NodeServices> {
  const { connections, relay } = config
  const relays = relay.server === 'auto' ? config.proxy : relay.server

  return {
    start: false,
    privateKey: parts.privateKey,
    datastore: parts.datastore,
    logger: parts.logger,
    metrics: parts.metrics,
    nodeInfo: { name: 'nebula-overlay', version: VERSION },
    addresses: {
      listen: config.listen,
      announce: config.announce,
      appendAnnounce: config.appendAnnounce,
      announceFilter: (addrs) => addrs.filter((addr) => !startsWithAny(addr, config.noAnnounce))
    },
    transports: config.transports.map((name) => upgrades.bound(TRANSPORTS[name](config, parts, linkLocal))),
    connectionEncrypters: config.encryption.map((name) => (name === 'tls' ? timelessTls() : noise())),
    streamMuxers: [
      steadyMuxer(
        yamux({
          maxInboundStreams: connections.maxInboundStreams,
          maxOutboundStreams: connections.maxOutboundStreams,
          streamOptions: {
            maxStreamWindowSize: connections.maxStreamWindowBytes,
            maxReadBufferLength: connections.maxReadBufferBytes
          }
        })
      )
    ],
    connectionGater: blacklistGater(parts.restrictions),
    connectionManager: {
      maxConnections: connections.maxConnections,
      maxParallelDials: connections.maxParallelDials,
      maxPeerAddrsToDial: connections.maxPeerAddrsToDial,
      inboundConnectionThreshold: connections.inboundPerSecond,
      // bounded by `upgrades`; libp2p would refuse the newest
      maxIncomingPendingConnections: 2 * connections.maxIncomingPending,
      inboundUpgradeTimeout: INBOUND_UPGRADE_TIMEOUT_MS,
      dialTimeout: config.links.dialTimeout
    },
    connectionMonitor: {
      pingInterval: connections.pingInterval,
      // adaptive in libp2p; one fixed value is what the configuration promises
      pingTimeout: {
        minTimeout: connections.pingTimeout,
        maxTimeout: connections.pingTimeout,
        // the averages would become NaN when the clock is set back (test/node/adaptive-timeout.test.ts)
        interval: Infinity
      }
    },
    peerDiscovery: config.bootstrap.length > 0 ? [bootstrap({ list: config.bootstrap })] : [],
    services: {
      identify: identify(),
      ping: ping({ maxInboundStreams: MAX_PING_STREAMS, maxOutboundStreams: MAX_PING_STREAMS }),
      ...(relays ? { relay: circuitRelayServer(relayOptions(relay)) } : {}),
      nebula: nebula({
        federation: config.federation,
        engine: parts.engine,
        engineTimeout: parts.engineTimeout,
        proxy: config.proxy,
        roles: config.roles,
        location: config.location,
        dial: config.dial.map((addr) => multiaddr(addr)),
        direct: config.direct.map((addr) => multiaddr(addr)),
        members: config.bootstrap.map((addr) => multiaddr(addr)),
        mdns: { ...config.mdns, linkLocalPorts: (address) => linkLocal.portsAt(address) },
        joining: config.joining,
        lateJoin: config.lateJoin,
        links: config.links,
        messages: config.messages,
        models: { ...config.models, directory: modelsDirectory(config) },
        propagation: config.propagation,
        forwarding: config.forwarding,
        limits: config.limits,
        proxying: config.proxying,
        controller: config.controller,
        restrictions: parts.restrictions,
        score: config.score,
        warnings: parts.warnings
      })
    }
  }
}

const TRANSPORTS = {
  tcp: (_config: Config, _parts: NodeParts, linkLocal: LinkLocalTcp) => (components: TCPComponents) =>
    linkLocal.extend(tcp()(components)),
  websocket: ({ connections }: Config) =>
    webSocketTransport({ max: connections.maxIncomingPending, timeout: INBOUND_UPGRADE_TIMEOUT_MS }),
  // a protocol's handler says how many streams of it may be opened, and the handler of this one is the transport's
  relay: ({ relay }: Config, parts: NodeParts) =>
    relayTransport({ maxOutboundStopStreams: relay.maxConnectionsPerTarget }, reservationsInit(parts))
}

function reservationsInit({ warnings }: NodeParts): KeepReservationsInit {
  return { warnings, clock: systemClock, random: Math.random }
}

/** Beside the rest of what the node keeps, so that it is the same disk. */
function modelsDirectory({ models, dataDir }: Config): string | undefined {
  return models.directory ?? (dataDir == null ? undefined : join(dataDir, 'models'))
}

function relayOptions(relay: Config['relay']): Parameters<typeof circuitRelayServer>[0] {
  return {
    hopTimeout: relay.hopTimeout,
    maxInboundHopStreams: relay.maxConnectionsPerClient,
    maxOutboundStopStreams: relay.maxConnectionsPerTarget,
    reservations: {
      maxReservations: relay.maxReservations,
      reservationTtl: relay.reservationTtl,
      applyDefaultLimit: relay.limited,
      defaultDurationLimit: relay.maxDuration,
      defaultDataLimit: BigInt(relay.maxBytes)
    }
  }
}

/** Whether an address is one of those given, or begins with one of them component by component. */
function startsWithAny(addr: Multiaddr, beginnings: string[]): boolean {
  const text = `${addr}/`

  return beginnings.some((beginning) => text.startsWith(`${beginning.replace(/\/$/, '')}/`))
}
