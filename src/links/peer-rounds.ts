import type { LinkTable } from './link-table.ts'
import type { ReceivedMessage } from '../interface.ts'
import type { Message } from '../messages/types.ts'
import type { PeerId } from '@libp2p/interface'

/**
 * Notes at each link the latest round that the peer has told of since the
 * handshake. Models overtake messages and each other, so that an earlier round
 * changes nothing.
 */
export class PeerRounds {
  readonly #links: LinkTable

  constructor(links: LinkTable) {
    this.#links = links
  }

  onMessage({ source, message }: ReceivedMessage): void {
    const round = toldRound(message)

    if (round != null) {
      this.reached(source, round)
    }
  }

  /** The peer is in that round at least; negative ones are no rounds. */
  reached(peer: PeerId, round: number): void {
    const link = this.#links.get(peer)

    if (link != null && round >= 0) {
      link.round = Math.max(link.round ?? round, round)
    }
  }
}

/**
 * The sender's round; `undefined` when it has told none. A field left out is 0
 * on the wire, so that 0 counts only where no node sends the message before its
 * first round.
 */
function toldRound({ type, action, fields }: Message): number | undefined {
  if (type === 'reputation' || (type === 'offer' && action === 'offer_metric')) {
    return fields.round
  }

  if (type !== 'federation') {
    return undefined
  }

  if (action === 'federation_models_included') {
    return Math.max(fields.round, firstNumber(fields.arguments))
  }

  return fields.round > 0 ? fields.round : undefined
}

/** NEBULA's nodes put the round of `federation_models_included` into its first argument. */
function firstNumber([text = '']: readonly string[]): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : 0
}
