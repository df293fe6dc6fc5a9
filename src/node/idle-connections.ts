import { AbortError } from '@libp2p/interface'
import { systemClock } from '../lib/clock.ts'
import { hostOrNetworkOf } from '../lib/net/index.ts'
import { isTransient } from '../links/index.ts'
import { firstOfBusiestHost } from './busiest-host.ts'
import { OneAtATime } from './one-at-a-time.ts'
import type { Clock, Timer } from '../lib/clock.ts'
import type { Nebula, NebulaEvents } from '../interface.ts'
import type { ComponentLogger, Connection, Libp2p, Logger, PeerId, Stream } from '@libp2p/interface'

export interface IdleConnectionsComponents {
  libp2p: Pick<Libp2p, 'getConnections' | 'addEventListener' | 'removeEventListener'> & {
    peerStore: Pick<Libp2p['peerStore'], 'get'>
  }
  nebula: Pick<Nebula, 'link' | 'addEventListener' | 'removeEventListener'>
  logger: ComponentLogger
}

export interface IdleConnectionsInit {
  /** Connections above which libp2p refuses further ones. */
  maxConnections: number
  /** Percent of them above which idle ones are closed, less than 100. */
  maxIdlePercent: number
  /** Milliseconds for which a connection may be idle in any case, as long as there is some room. */
  idleTimeout: number
  /** Milliseconds that a relay's request may take. */
  relayTimeout: number
  clock?: Clock
}

interface Idle {
  connection: Connection
  host: string
  since: number
  /** The peer's only one, or its first, which belongs to what the peer is tagged for. */
  first: boolean
  /** Whether it may be about to be used, which does not show yet. */
  doubtful: boolean
}

const RELAY_PROTOCOLS = '/libp2p/circuit/relay/'

/**
 * Makes room for newcomers when there are nearly as many connections as there
 * may be. libp2p refuses the newest then, so that peers who connect and do
 * nothing, each as ever so many, keep everybody out for good. Here the inbound
 * connection goes that has been idle longest, of the host that has the most.
 */
export class IdleConnections {
  readonly #components: IdleConnectionsComponents
  readonly #init: IdleConnectionsInit
  readonly #clock: Clock
  readonly #log: Logger
  /** Above it, what has been idle for long enough goes. */
  readonly #crowded: number
  /** Above it, everything idle may go: one who connects fast enough has nothing that is idle for long. */
  readonly #full: number
  /** When a connection was last known to be used. */
  readonly #used = new WeakMap<Connection, number>()
  readonly #look: OneAtATime
  #running = false
  #timer?: Timer

  constructor(components: IdleConnectionsComponents, init: IdleConnectionsInit) {
    this.#components = components
    this.#init = init
    this.#clock = init.clock ?? systemClock
    this.#log = components.logger.forComponent('nebula:node:idle-connections')
    this.#crowded = Math.floor((init.maxConnections * init.maxIdlePercent) / 100)
    this.#full = Math.floor((this.#crowded + init.maxConnections) / 2)
    this.#look = new OneAtATime(
      async () => this.#makeRoom(),
      (err) => this.#log.error('could not make room - %e', err)
    )
  }

  start(): void {
    this.#running = true
    this.#components.libp2p.addEventListener('connection:open', this.#onOpen)
    this.#components.nebula.addEventListener('link:close', this.#onLinkClose)
  }

  async stop(): Promise<void> {
    this.#running = false
    this.#components.libp2p.removeEventListener('connection:open', this.#onOpen)
    this.#components.nebula.removeEventListener('link:close', this.#onLinkClose)
    this.#timer?.clear()
    this.#timer = undefined
    await this.#look.done()
  }

  readonly #onOpen = (): void => this.#look.run()

  readonly #onLinkClose = ({ detail: { link } }: NebulaEvents['link:close']): void => {
    for (const connection of this.#components.libp2p.getConnections(link.peer)) {
      this.#used.set(connection, this.#clock.now())
    }
  }

  async #makeRoom(): Promise<void> {
    const open = this.#components.libp2p.getConnections().filter(({ status }) => status === 'open')
    let count = open.length

    if (count <= this.#crowded || !this.#running) {
      return
    }

    const idle = this.#idle(open)
    const newest = open.toSorted((a, b) => a.timeline.open - b.timeline.open).at(-1)

    while (count > this.#crowded && this.#running) {
      const one = await this.#choose(idle, count > this.#full ? newest : undefined)

      if (one == null) {
        break
      }

      this.#log('%a makes room for others', one.connection.remoteAddr)
      one.connection.abort(new AbortError('Others need the room of an idle connection'))
      count--
    }

    this.#lookLater(count)
  }

  /** Those that stay may go once they have been idle for long enough. */
  #lookLater(count: number): void {
    if (count > this.#crowded && this.#running) {
      this.#timer ??= this.#clock.setTimeout(() => {
        this.#timer = undefined
        this.#look.run()
      }, this.#init.idleTimeout)
    }
  }

  /**
   * Takes out of `idle` the next that is to go: one that has been idle for long
   * enough, unless there is a `newest`, which alone is spared then.
   */
  async #choose(idle: Set<Idle>, newest?: Connection): Promise<Idle | undefined> {
    const limit = this.#clock.now() - this.#init.idleTimeout

    for (;;) {
      const ripe = [...idle].filter(({ since }) => since <= limit)
      const one =
        firstOfBusiestHost(ripe.filter(({ doubtful }) => !doubtful)) ??
        firstOfBusiestHost(ripe) ??
        firstOfBusiestHost(newest == null ? [] : [...idle].filter(({ connection }) => connection !== newest))

      if (one == null) {
        return undefined
      }

      idle.delete(one)

      const kept = one.first && (await this.#tagged(one.connection.remotePeer))

      if (!kept && one.connection.status === 'open' && this.#useOf(one.connection) !== 'used') {
        return one
      }
    }
  }

  /** The inbound connections that nobody uses, idle longest first. */
  #idle(open: Connection[]): Set<Idle> {
    const peers = new Set<string>()
    const idle: Idle[] = []

    for (const connection of open) {
      const { remotePeer, remoteAddr, direction, timeline } = connection
      const first = !peers.has(remotePeer.toString())
      const use = this.#useOf(connection)

      peers.add(remotePeer.toString())

      if (use === 'used') {
        this.#used.set(connection, this.#clock.now())
      } else if (direction === 'inbound' && !(first && this.#components.nebula.link(remotePeer) != null)) {
        const since = Math.max(timeline.open, this.#used.get(connection) ?? 0)

        idle.push({
          connection,
          host: hostOrNetworkOf(remoteAddr),
          since,
          first,
          doubtful: use === 'doubtful'
        })
      }
    }

    return new Set(idle.sort((a, b) => a.since - b.since))
  }

  #useOf({ streams }: Connection): 'used' | 'doubtful' | 'unused' {
    const uses = streams.map((stream) => this.#useOfStream(stream))

    return uses.find((use) => use === 'used') ?? uses.find((use) => use === 'doubtful') ?? 'unused'
  }

  /**
   * A link and an attempt to make one have the handshake's stream. A stream that
   * is not agreed upon yet, and a request to a relay for as long as it may take,
   * can be had over and over by a peer that wants nothing.
   */
  #useOfStream(stream: Stream): 'used' | 'doubtful' | 'unused' {
    const { protocol, direction, timeline } = stream

    if (isTransient(stream)) {
      return 'unused'
    }

    const requests = direction === 'inbound' && protocol.startsWith(RELAY_PROTOCOLS)
    const pending = requests && this.#clock.now() - timeline.open < this.#init.relayTimeout

    return protocol === '' || pending ? 'doubtful' : 'used'
  }

  /** Whether libp2p, or the application, has a reason to keep the peer: a reservation at this relay, for one. */
  async #tagged(peer: PeerId): Promise<boolean> {
    try {
      return (await this.#components.libp2p.peerStore.get(peer)).tags.size > 0
    } catch {
      // it is not known
      return false
    }
  }
}
