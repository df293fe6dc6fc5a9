import type { EventStreamInit } from './event-stream.ts'
import type { MetricsText } from './routes/metrics.ts'
import type { AddressedNode } from './node-info.ts'
import type { Clock } from '../lib/clock.ts'
import type { ClientEngine } from '../engine/index.ts'
import type { Nebula } from '../interface.ts'
import type { Warnings } from '../warnings/index.ts'
import type { ComponentLogger, Startable } from '@libp2p/interface'

export interface ControlServerComponents {
  nebula: Nebula
  libp2p: AddressedNode
  logger: ComponentLogger
  /** The engine that clients set. @default none: the node has one of its own */
  engine?: ClientEngine
  /** Served at /metrics. */
  metrics?: MetricsText
  /** Where it is raised that the socket cannot be made. */
  warnings?: Pick<Warnings, 'raise'>
}

export interface ControlServerInit {
  /** What a client must send as `Authorization: Bearer TOKEN`. */
  token: string
  /** What opens only what changes nothing. @default none */
  readOnlyToken?: string
  /** The path of a Unix socket where the API listens too. Who may open it needs no token. @default none */
  socket?: string
  /** What the node calls itself to its peers. */
  agent: string
  /** The package's version. */
  version: string
  /** A loopback address. @default '127.0.0.1' */
  host?: string
  /** @default 0, a port the system picks */
  port?: number
  /** @default 65,536 */
  maxBodyBytes?: number
  /** @default 64 */
  maxConnections?: number
  events?: EventStreamInit
  clock?: Clock
}

export interface ControlServer extends Startable {
  /** `http://HOST:PORT` while it runs. */
  readonly address: string | undefined
  /** @throws {ControlListenError} when the port cannot be opened */
  start(): Promise<void>
  stop(): Promise<void>
}
