import { PeerMap } from '@libp2p/peer-collections'
import { peerIdFromString } from '@libp2p/peer-id'
import { QueueFullError } from '@libp2p/utils'
import { PeerRate } from '../peer-rate.ts'
import { multiaddr } from '@multiformats/multiaddr'
import { peerOf } from '../peer-of.ts'
import { MAX_LINK_MESSAGE_ADDRS } from '../links/constants.ts'
import { MAX_LINK_MESSAGES_FOLLOWED, MAX_LINK_MESSAGES_PER_MINUTE } from './constants.ts'
import type { Messenger } from './messenger.ts'
import type { ReceivedMessage } from '../interface.ts'
import type { LinkManager, Readiness } from '../links/index.ts'
import type { ComponentLogger, Logger, PeerId, Startable } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface ReactionsComponents {
  messenger: Messenger
  linkManager: LinkManager
  readiness: Readiness
  logger: ComponentLogger
}

export interface ReactionsInit {
  /** Ends the link with a peer, with all that follows from it. */
  disconnect(peer: PeerId): Promise<void>
  /** Whether the peer may be dialled because another told so. */
  mayDial(peer: PeerId): boolean
  /** Whose `link` messages are followed; `disconnect_from` is a neighbour's only, with 'all' too. @default 'all' */
  acceptLinkMessages?: 'all' | 'neighbours' | 'none'
  /** Addresses of one `link` message that are looked at. @default 16 */
  maxLinkMessageAddrs?: number
  /** `link` messages of one peer that are followed at the same time; the rest is not. @default 4 */
  maxLinkMessagesFollowed?: number
  /** `link` messages of one peer that are followed in a minute; the rest is not. @default 10 */
  maxLinkMessagesPerMinute?: number
}

/** What the overlay itself does on a message; everything else is the application's. */
export class Reactions implements Startable {
  readonly #components: ReactionsComponents
  readonly #init: ReactionsInit
  readonly #log: Logger
  /** How many `link` messages of a peer are being followed. */
  readonly #following = new PeerMap<number>()
  readonly #rate: PeerRate

  constructor(components: ReactionsComponents, init: ReactionsInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:reactions')
    this.#rate = new PeerRate(init.maxLinkMessagesPerMinute ?? MAX_LINK_MESSAGES_PER_MINUTE)
  }

  start(): void {
    this.#components.messenger.addEventListener('message', this.#onMessage)
  }

  stop(): void {
    this.#components.messenger.removeEventListener('message', this.#onMessage)
  }

  readonly #onMessage = ({ detail }: CustomEvent<ReceivedMessage>): void => {
    this.#react(detail).catch((err: Error) => {
      this.#log('%s of %p could not be followed - %e', detail.message.type, detail.from, err)
    })
  }

  /** What counts is who wrote the message, not who passed it on; only linked peers are heeded. */
  async #react({ source, message }: ReceivedMessage): Promise<void> {
    const link = this.#components.linkManager.links.get(source)

    if (link == null) {
      return
    }

    if (message.type === 'discovery' && message.action === 'discover') {
      const { latitude, longitude } = message.fields

      // what is no place on earth, or no number, is not noted
      if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) {
        link.location = { latitude, longitude }
      }
    } else if (message.type === 'federation' && message.action === 'federation_ready') {
      this.#components.readiness.add(source)
    } else if (message.type === 'connection' && message.action === 'disconnect') {
      // the seed's way to say goodbye; ours in answer tells the peer that its link was not lost
      await this.#components.linkManager.close(source, { reason: 'remote', link })
    } else if (message.type === 'link') {
      if (this.#heeds(message.action, link.direct)) {
        await this.#bounded(source, async () => this.#follow(message.action, message.fields.addrs))
      }
    }
  }

  /** A node that joins is told its neighbours by peers that are none yet; only a neighbour has a say in who is left. */
  #heeds(action: 'connect_to' | 'disconnect_from', direct: boolean): boolean {
    const { acceptLinkMessages: accept = 'all' } = this.#init

    return accept !== 'none' && (direct || (accept === 'all' && action === 'connect_to'))
  }

  /** Holds a peer to the number of `link` messages that it may keep this node busy with. */
  async #bounded(from: PeerId, follow: () => Promise<void>): Promise<void> {
    if (!this.#rate.take(from)) {
      throw new QueueFullError('Link messages come too often')
    }

    const following = this.#following.get(from) ?? 0

    if (following >= (this.#init.maxLinkMessagesFollowed ?? MAX_LINK_MESSAGES_FOLLOWED)) {
      throw new QueueFullError('Earlier link messages are being followed')
    }

    this.#following.set(from, following + 1)

    try {
      await follow()
    } finally {
      const left = (this.#following.get(from) ?? 1) - 1

      if (left > 0) {
        this.#following.set(from, left)
      } else {
        this.#following.delete(from)
      }
    }
  }

  /** Connects to, or disconnects from, the peers that a `link` message names. */
  async #follow(action: 'connect_to' | 'disconnect_from', addrs: string): Promise<void> {
    const max = this.#init.maxLinkMessageAddrs ?? MAX_LINK_MESSAGE_ADDRS
    const targets = addrs
      // no more of a long text is split than can be used
      .split(/\s+/, max + 1)
      .filter((text) => text !== '')
      .slice(0, max)
      .flatMap((text) => parseTarget(text) ?? [])

    const results = await Promise.allSettled(
      targets.map(async ({ peer, addr }) => {
        if (action === 'disconnect_from') {
          await this.#init.disconnect(peer)
        } else if (this.#init.mayDial(peer)) {
          await this.#components.linkManager.connect(addr ?? peer, { direct: true })
        }
      })
    )

    for (const result of results) {
      if (result.status === 'rejected') {
        this.#log('%s was not done for one peer - %e', action, result.reason)
      }
    }
  }
}

/** A PeerId, or a multiaddr that names one: nobody is dialled whose identity is not known. */
function parseTarget(text: string): { peer: PeerId; addr?: Multiaddr } | undefined {
  try {
    if (!text.startsWith('/')) {
      return { peer: peerIdFromString(text) }
    }

    const addr = multiaddr(text)
    const peer = peerOf(addr)

    return peer == null ? undefined : { peer, addr }
  } catch {
    return undefined
  }
}
