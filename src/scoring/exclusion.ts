import { isViolation } from '../../protocols/errors.ts'
import type { Restrictions } from './restrictions.ts'
import type { Subnet } from '../lib/net/index.ts'
import type { DisconnectOptions, RestrictionInfo } from '../interface.ts'
import type { LinkManager } from '../links/index.ts'
import type {
  ComponentLogger,
  Connection,
  Libp2pEvents,
  Logger,
  PeerId,
  Startable,
  TypedEventTarget
} from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'

export interface ExclusionComponents {
  restrictions: Restrictions
  linkManager: LinkManager
  connectionManager: ConnectionManager
  events: TypedEventTarget<Libp2pEvents>
  logger: ComponentLogger
}

export interface ExclusionInit {
  /** A peer was shut out. */
  onRestricted(restriction: RestrictionInfo): void
}

/** Shuts peers out: ends their links, restricts them, and holds blacklisted ones off. */
export class Exclusion implements Startable {
  readonly #components: ExclusionComponents
  readonly #init: ExclusionInit
  readonly #log: Logger

  constructor(components: ExclusionComponents, init: ExclusionInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:exclusion')
  }

  start(): void {
    this.#components.events.addEventListener('connection:open', this.#onConnection)
  }

  stop(): void {
    this.#components.events.removeEventListener('connection:open', this.#onConnection)
  }

  /** @see Nebula.disconnect */
  async disconnect(peer: PeerId, options: DisconnectOptions = {}): Promise<void> {
    const { linkManager } = this.#components
    const { mutual = true, forced = false, restrict = true, signal } = options

    if (forced) {
      await this.blacklist(peer, 'forced disconnection', { mutual })

      return
    }

    if (restrict && linkManager.links.has(peer)) {
      await this.#restrict('recently-disconnected', peer, 'disconnected on request')
    }

    signal?.throwIfAborted()
    await linkManager.close(peer, { reason: 'requested', mutual })
  }

  /**
   * @param options.ttl - milliseconds, if not as long as always
   * @param options.mutual - whether a linked peer is told
   */
  async blacklist(
    peer: PeerId,
    reason: string,
    { ttl, mutual = true }: { ttl?: number; mutual?: boolean } = {}
  ): Promise<void> {
    await this.#restrict('blacklisted', peer, reason, ttl)
    await this.#components.linkManager.close(peer, { reason: 'blacklisted', mutual })

    for (const connection of this.#components.connectionManager.getConnections(peer)) {
      connection.abort(new Error('The peer is blacklisted'))
    }
  }

  /** Leaves the peer alone for a while, without ending anything. */
  async leaveAlone(peer: PeerId, reason: string, ttl?: number): Promise<void> {
    await this.#restrict('recently-disconnected', peer, reason, ttl)
  }

  /** Shuts out all who come from the addresses. */
  async block(subnet: Subnet, reason: string, ttl?: number): Promise<void> {
    const { restrictions, linkManager, connectionManager } = this.#components

    await restrictions.addresses.add(subnet, reason, ttl)

    const shutOut = connectionManager
      .getConnections()
      .filter(({ remoteAddr }) => restrictions.addresses.has(remoteAddr))

    // none waits for another, which may take its time to say goodbye
    await Promise.all(
      shutOut.map(async (connection) => {
        const link = linkManager.links.get(connection.remotePeer)

        if (link?.connection === connection) {
          await linkManager.close(link.peer, { reason: 'blacklisted', link })
        }

        connection.abort(new Error('The address is blacklisted'))
      })
    )
  }

  /** A peer whose link was lost cannot be reached: it is left alone for a while, and without a link. */
  onUnreachable(peer: PeerId): void {
    this.#restrict('recently-disconnected', peer, 'could not be reached again').catch((err: Error) => {
      this.#log.error('could not note that %p is gone - %e', peer, err)
    })
  }

  /** The score of a peer is too low for it to be let in. */
  onMisconduct(peer: PeerId, reason: string): void {
    this.#log.error('%p is shut out - %s', peer, reason)
    this.blacklist(peer, reason).catch((err: Error) => {
      this.#log.error('could not shut %p out - %e', peer, err)
    })
  }

  /**
   * A peer broke a protocol: its link is closed, and it has to wait before it
   * gets another. A frame that breaks off may be the fault of a line, or of a
   * machine that slept: that link is lost, and may be made again.
   */
  onViolation(peer: PeerId, error: Error): void {
    if (!isViolation(error)) {
      this.#log.error('not held against %p, whose doing it is not - %e', peer, error)

      return
    }

    this.#log.error('%p broke the protocol - %e', peer, error)

    const shutOut = async (): Promise<void> => {
      if (!error.shutsOut) {
        await this.#components.linkManager.close(peer, { reason: 'silent', mutual: false })

        return
      }

      await this.#restrict('recently-disconnected', peer, error.message)
      await this.#components.linkManager.close(peer, { reason: 'protocol-error' })
    }

    shutOut().catch((err: Error) => {
      this.#log.error('could not close the link with %p - %e', peer, err)
    })
  }

  async #restrict(kind: RestrictionInfo['kind'], peer: PeerId, reason: string, ttl?: number): Promise<void> {
    const expiresAt = await this.#components.restrictions.add(kind, peer, reason, ttl)

    this.#init.onRestricted({ kind, peer, reason, expiresAt })
  }

  /** In a node whose gater knows nothing of the blacklist, its peers are held off here. */
  readonly #onConnection = ({ detail: connection }: CustomEvent<Connection>): void => {
    const { restrictions } = this.#components

    if (restrictions.isBlacklisted(connection.remotePeer)) {
      connection.abort(new Error('The peer is blacklisted'))
    } else if (restrictions.addresses.has(connection.remoteAddr)) {
      connection.abort(new Error('The address is blacklisted'))
    }
  }
}
