import { warningJson } from './event-json.ts'
import type { Clock } from '../lib/clock.ts'
import type { GeoLocation, Nebula } from '../interface.ts'
import type { NamedEventJson, WarningJson } from './event-json.ts'
import type { Multiaddr } from '@multiformats/multiaddr'

/** Of the libp2p node only what is shown. */
export interface AddressedNode {
  getMultiaddrs(): Multiaddr[]
}

export interface NodeInfo {
  peerId: string
  federation: string
  multiaddrs: string[]
  agent: string
  version: string
  startedAt: number
  uptime: number
  links: number
  neighbours: number
  federationReady: boolean
  location: GeoLocation | null
  warnings: WarningJson[]
}

export interface NodeInfoComponents {
  nebula: Nebula
  libp2p: AddressedNode
  clock: Clock
}

export function nodeInfo(
  { nebula, libp2p, clock }: NodeInfoComponents,
  { agent, version, startedAt }: Pick<NodeInfo, 'agent' | 'version' | 'startedAt'>
): NodeInfo {
  return {
    peerId: nebula.peerId.toString(),
    federation: nebula.federation,
    multiaddrs: libp2p.getMultiaddrs().map(String),
    agent,
    version,
    startedAt,
    uptime: clock.now() - startedAt,
    links: nebula.links().length,
    neighbours: nebula.links({ onlyDirect: true }).length,
    federationReady: nebula.checkFederationReady(),
    location: nebula.location ?? null,
    warnings: nebula.warnings().map(warningJson)
  }
}

/** The first event of every stream and of `nebula start --json`; `http` is the control API's address. */
export function readyEvent(
  { nebula, libp2p, clock }: NodeInfoComponents,
  http: string | null
): NamedEventJson<'ready'> {
  return {
    event: 'ready',
    time: clock.now(),
    peerId: nebula.peerId.toString(),
    federation: nebula.federation,
    multiaddrs: libp2p.getMultiaddrs().map(String),
    http
  }
}
