import type { ReceivedModel, ReceivedOffer } from '../../models/types.ts'
import type { AbortOptions, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** What a member says to a node that looks for neighbours. */
export interface Offer {
  peer: PeerId
  fields: ReceivedOffer['fields']
  /** Its model; not with `offer_metric`. */
  model?: ReceivedModel
}

/** Chooses whom to ask to become a neighbour. */
export type SelectCandidates = (offers: Offer[]) => PeerId[] | Promise<PeerId[]>

export interface LateJoinOptions extends AbortOptions {
  /**
   * `discover_join`: comes to the federation; members answer with their model,
   * and are asked by `late_connect`. `discover_nodes`: is in it, and looks for
   * further neighbours; they answer with their metrics, and are asked by
   * `restructure`.
   *
   * @default 'discover_join'
   */
  type?: 'discover_join' | 'discover_nodes'
  /** Members to ask instead of looking for them. */
  addrs?: Array<PeerId | Multiaddr>
  /** @default all who made an offer */
  selectCandidates?: SelectCandidates
  /** Milliseconds that offers are waited for. @default `lateJoin.offerTimeout` */
  offerTimeout?: number
  /** Milliseconds that a candidate may take. @default `lateJoin.confirmTimeout` */
  confirmTimeout?: number
}

export interface LateJoinResult {
  /** The newest of each member that was asked. */
  offers: Offer[]
  /** Whom this node asked to become neighbours. */
  candidates: PeerId[]
  /** Those of them that became neighbours in time. */
  neighbours: PeerId[]
}
