import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { MemoryWatch } from './federation-memory.ts'
import { ModelTraffic } from './federation-models.ts'
import { Traffic } from './federation-traffic.ts'
import type { MemoryReport } from './federation-memory.ts'
import type { ModelReport } from './federation-models.ts'
import type { Tally, TrafficInit } from './federation-traffic.ts'
import type { NebulaNode } from '../../../src/node/index.ts'

export interface LinkReport {
  peer: string
  direct: boolean
  remoteAddr: string
}

export interface RestrictionReport {
  peer: string
  kind: 'blacklisted' | 'recently-disconnected'
  reason: string
  /** Milliseconds since the Unix epoch. */
  expiresAt: number
}

/** What a node holds open now. */
export interface OpenReport {
  connections: number
  /** Streams by protocol. */
  streams: Record<string, number>
  /** What keeps the event loop alive, by kind (`process.getActiveResourcesInfo`). */
  resources: Record<string, number>
}

export interface ScoreReport {
  score: number
  /** `good`, `graylisted` or `blacklisted`. */
  state: string
  /** What the terms that are not 0 add to the score. */
  terms: Record<string, number>
  /** What is counted against the peer, also what is too little to add anything. */
  offences: Record<string, number>
}

export interface SendArgs {
  /** @default all neighbours */
  peer?: string
  type: string
  action?: string
  fields?: Record<string, unknown>
}

/** What an honest node can be told, with the arguments and the answer of each. */
export interface FederationCommands {
  connect(args: { addr: string; direct?: boolean }): Promise<string>
  disconnect(args: { peer: string; forced?: boolean }): Promise<void>
  links(): LinkReport[]
  restrictions(): RestrictionReport[]
  clearRestrictions(): Promise<void>
  /** What the node thinks of the peer, and why. */
  score(args: { peer: string }): ScoreReport
  send(args: SendArgs): Promise<void>
  /** How many messages were dispatched, by `source type:action`. */
  dispatched(): Record<string, number>
  /** Sends many messages at once and does not wait for them; what cannot be sent is nobody's concern. */
  push(args: { peer: string; count: number; padding: number }): void
  /** Sends a model that cannot be compressed; answers its SHA-256. */
  sendModel(args: { peers: string[]; bytes: number; round?: number }): Promise<string>
  /** The models that were read, or could not be. */
  models(): ModelReport[]
  startTraffic(args: TrafficInit): void
  stopTraffic(): void
  tally(): Tally
  memory(args: { collect: boolean }): MemoryReport
  open(): OpenReport
  /** Stops the node. */
  stop(): Promise<void>
  /** Begins the peak of the memory and the longest delay anew. */
  mark(): void
}

/** The commands of a process with the node in it. */
export function federationCommands(node: NebulaNode): Record<string, (args: unknown) => unknown> {
  const { nebula, libp2p } = node
  const traffic = new Traffic(nebula, node.peerId)
  const models = new ModelTraffic(nebula)
  const memory = new MemoryWatch()
  const dispatched = new Map<string, number>()

  nebula.addEventListener('message', ({ detail: { source, message } }) => {
    const key = `${source.toString()} ${message.type}:${message.action}`
    dispatched.set(key, (dispatched.get(key) ?? 0) + 1)
  })

  const commands: FederationCommands = {
    connect: async ({ addr, direct }) => (await nebula.connect(multiaddr(addr), { direct })).peer.toString(),
    disconnect: async ({ peer, forced }) => nebula.disconnect(peerIdFromString(peer), { forced }),
    links: () =>
      nebula.links().map(({ peer, direct, remoteAddr }) => ({
        peer: peer.toString(),
        direct,
        remoteAddr: remoteAddr.toString()
      })),
    restrictions: () =>
      nebula.restrictions().map(({ peer, kind, reason, expiresAt }) => ({
        peer: peer.toString(),
        kind,
        reason,
        expiresAt
      })),
    clearRestrictions: async () => nebula.clearRestrictions(),
    score: ({ peer }) => {
      const { score, state, terms } = nebula.explainScore(peerIdFromString(peer))
      const counted = terms.filter(({ contribution }) => contribution !== 0)

      return {
        score,
        state,
        terms: Object.fromEntries(counted.map(({ name, contribution }) => [name, contribution])),
        offences: Object.fromEntries(
          terms
            .filter(({ weight, counter }) => weight < 0 && counter > 0)
            .map(({ name, counter }) => [name, counter])
        )
      }
    },
    send: async ({ peer, type, action, fields }) => {
      const message = nebula.createMessage(type as 'control', action as 'alive', fields)

      await (peer == null ? nebula.sendToNeighbours(message) : nebula.send(peerIdFromString(peer), message))
    },
    dispatched: () => Object.fromEntries(dispatched),
    push: ({ peer, count: times, padding }) => {
      const message = nebula.createMessage('control', 'alive', { log: 'x'.repeat(padding) })

      for (let i = 0; i < times; i++) {
        nebula.send(peerIdFromString(peer), message).catch(() => {})
      }
    },
    sendModel: async ({ peers, bytes, round }) => models.send(peers, bytes, round),
    models: () => models.received,
    startTraffic: (args) => traffic.start(args),
    stopTraffic: () => traffic.stop(),
    tally: () => traffic.tally(),
    memory: ({ collect }) => memory.report(collect),
    open: () => ({
      connections: libp2p.getConnections().length,
      streams: count(libp2p.getConnections().flatMap(({ streams }) => streams.map((s) => s.protocol))),
      resources: count(process.getActiveResourcesInfo())
    }),
    stop: async () => {
      traffic.stop()
      await node.stop()
    },
    mark: () => {
      memory.mark()
      traffic.mark()
    }
  }

  return commands as unknown as Record<string, (args: unknown) => unknown>
}

function count(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {}

  for (const name of names) {
    counts[name] = (counts[name] ?? 0) + 1
  }

  return counts
}
