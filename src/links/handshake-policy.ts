import type { Hello, Reason } from '../../protocols/handshake/index.ts'

/** What decides whether a peer may have a link, apart from who it is. */
export interface AdmissionState {
  federation: string
  self: boolean
  /** Whether the peer's PeerId holds its key, so that anybody can verify what it signs. */
  holdsKey: boolean
  blacklisted: boolean
  recentlyDisconnected: boolean
  learningFinished: boolean
  stopping: boolean
  /** Links and attempts under way, without those of the peer itself. */
  others: number
  maxLinks: number
}

/** Why an inbound attempt is refused; `undefined` when it is not. */
export function refuseHello(hello: Pick<Hello, 'node'>, state: AdmissionState): Reason | undefined {
  if (hello.node.federation !== state.federation) {
    return 'FEDERATION_MISMATCH'
  }

  return refuseLink(state)
}

/** Why no link is made with the peer, whichever end asks. */
export function refuseLink(state: Omit<AdmissionState, 'federation'>): Reason | undefined {
  if (state.self) {
    return 'SELF'
  }

  if (!state.holdsKey) {
    return 'KEY_NOT_IN_PEER_ID'
  }

  if (state.blacklisted) {
    return 'BLACKLISTED'
  }

  if (state.stopping) {
    return 'SHUTTING_DOWN'
  }

  if (state.learningFinished) {
    return 'LEARNING_FINISHED'
  }

  if (state.recentlyDisconnected) {
    return 'RECENTLY_DISCONNECTED'
  }

  if (state.others >= state.maxLinks) {
    return 'MAX_LINKS'
  }

  return undefined
}

const REASON_TEXT: Record<Reason, string> = {
  UNSPECIFIED: 'no reason was given',
  FEDERATION_MISMATCH: 'the federations differ',
  SELF: 'a node does not link with itself',
  BLACKLISTED: 'the peer is blacklisted',
  RECENTLY_DISCONNECTED: 'the peer was disconnected a short while ago',
  MAX_LINKS: 'there are as many links as allowed',
  LEARNING_FINISHED: 'learning has finished',
  PROTOCOL_ERROR: 'the protocol was broken',
  SHUTTING_DOWN: 'the node is stopping',
  REQUESTED: 'it was asked for',
  INACTIVE: 'nothing was sent over the link',
  SUPERSEDED: 'another request took its place',
  KEY_NOT_IN_PEER_ID:
    'the PeerId of one of the two does not hold its key (RSA): what it signs could not be verified; use an Ed25519 key'
}

export function describeReason(reason: Reason): string {
  return REASON_TEXT[reason]
}
