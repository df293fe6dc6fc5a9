import type { Ack } from '../../protocols/message/index.ts'
import type { GrowingNumbers } from '../lib/growing-numbers.ts'
import type { Warnings } from '../warnings/index.ts'
import type { PeerId } from '@libp2p/interface'

export interface ToldNumbersComponents {
  numbers: Pick<GrowingNumbers, 'newest' | 'exceed'>
  warnings: Pick<Warnings, 'raise' | 'end'>
}

/**
 * What peers say about the numbers of this node's messages. One that remembers
 * greater ones takes the messages for replays: the node has lost what it kept,
 * or runs twice. The next messages get numbers beyond those that the peer knows.
 */
export class ToldNumbers {
  readonly #components: ToldNumbersComponents

  constructor(components: ToldNumbersComponents) {
    this.#components = components
  }

  onAck(peer: PeerId, { beyond }: Ack): void {
    const { numbers, warnings } = this.#components
    const subject = peer.toString()

    if (beyond == null) {
      warnings.end('messages-taken-for-replays', subject)
    } else if (beyond > numbers.newest) {
      // others were overtaken on their way, or left before the numbers grew
      warnings.raise({
        code: 'messages-taken-for-replays',
        subject,
        message: `${describe(peer)} ${numbers.exceed(beyond) ? GROWS : TOO_GREAT}`
      })
    }
  }
}

function describe(peer: PeerId): string {
  return (
    `${peer} knows greater numbers of this node's messages, took some for replays and did not pass them on. ` +
    'Was an old copy of the data directory put back, or does another node run with the same identity?'
  )
}

const GROWS = 'They are sent again with greater numbers, which the messages that follow get, too.'
const TOO_GREAT =
  'Its numbers are too great to go beyond: with an empty data directory the node gets another identity.'
