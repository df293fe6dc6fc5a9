import type { ProxyStatus } from '../../protocols/proxy/index.ts'
import type { PeerId } from '@libp2p/interface'

/** Why a message was not delivered. All but the last are said by a proxy or the target; some are found out here too. */
export type ProxyFailure = Exclude<ProxyStatus, 'DELIVERED'> | 'FORGED'

const WHY: Record<ProxyFailure, string> = {
  NOT_LINKED: 'the proxy has no link with the peer and found none that has',
  BUSY: 'a limit of the proxy, or of the peer, is reached; try again later',
  REFUSED: 'the proxy or the peer does not want the message, or does not know its kind',
  TIMEOUT: 'it took too long; whether the message arrived is not known',
  TOO_LARGE: 'the message is larger than the proxy carries',
  NOT_A_PROXY: 'the peer asked is no proxy',
  LOOP: 'the message had been there already',
  HOPS: 'the peer is further away than messages are passed on',
  LOST: 'the connection ended on the way; whether the message arrived is not known',
  FORGED: 'the acknowledgement was not signed by the peer'
}

/** A message was not delivered by way of a proxy; `status` says why. */
export class ProxyError extends Error {
  readonly status: ProxyFailure

  constructor(status: ProxyFailure, { proxy, target }: { proxy: PeerId; target: PeerId }) {
    super(`No delivery to ${target} by way of ${proxy}: ${WHY[status]} (${status})`)
    this.name = 'ProxyError'
    this.status = status
  }

  /** The status, under the name that refusals of peers have everywhere. */
  get reason(): ProxyFailure {
    return this.status
  }
}
