import { holdsKey } from '../lib/holds-key.ts'
import { refuseHello, refuseLink } from './handshake-policy.ts'
import type { AdmissionState } from './handshake-policy.ts'
import type { Hello, Reason } from '../../protocols/handshake/index.ts'
import type { Connection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface AdmissionInit {
  self: PeerId
  federation: string
  maxLinks: number
  /** As of the last `askEngine`. */
  learningFinished(): boolean
  isBlacklisted(peer: PeerId): boolean
  /** Whether nobody is let in from the address. @default no address */
  isBlockedAddress?(addr: Multiaddr): boolean
  isRecentlyDisconnected(peer: PeerId): boolean
  /** How many other peers have a link or an attempt. */
  others(peer: PeerId): number
}

/** Who may have a link now: the rules of `handshake-policy.ts`, applied to the state of this node. */
export class Admission {
  readonly #init: AdmissionInit
  /** Set while the node says its goodbyes. */
  stopping = false

  constructor(init: AdmissionInit) {
    this.#init = init
  }

  /** Whether nothing that comes over the connection gets an answer. */
  isShutOut({ remotePeer, remoteAddr }: Pick<Connection, 'remotePeer' | 'remoteAddr'>): boolean {
    return this.#init.isBlacklisted(remotePeer) || this.#init.isBlockedAddress?.(remoteAddr) === true
  }

  /** Why the peer's attempt is refused. */
  refuseHello(peer: PeerId, hello: Hello): Reason | undefined {
    return refuseHello(hello, { federation: this.#init.federation, ...this.#state(peer) })
  }

  /** Why this node makes no attempt: an explicit wish to connect outweighs an earlier one to disconnect. */
  refuseConnect(peer: PeerId): Reason | undefined {
    return refuseLink({ ...this.#state(peer), recentlyDisconnected: false })
  }

  /** Why a link does not become direct, or undirected, whichever end asks. */
  refuseChange(direct: boolean): Reason | undefined {
    return direct && this.#init.learningFinished() ? 'LEARNING_FINISHED' : undefined
  }

  #state(peer: PeerId): Omit<AdmissionState, 'federation'> {
    const { self, maxLinks } = this.#init

    return {
      self: peer.equals(self),
      holdsKey: holdsKey(peer),
      blacklisted: this.#init.isBlacklisted(peer),
      recentlyDisconnected: this.#init.isRecentlyDisconnected(peer),
      learningFinished: this.#init.learningFinished(),
      stopping: this.stopping,
      others: this.#init.others(peer),
      maxLinks
    }
  }
}
