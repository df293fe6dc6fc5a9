import type { CloseCause, Reason } from '../../protocols/handshake/index.ts'
import type { LinkCloseReason } from '../interface.ts'

/** Nobody wanted the link to end. */
export const LOST: ReadonlySet<LinkCloseReason> = new Set(['connection-lost', 'send-failed', 'silent'])

/** Whether the link ended although nobody wanted it to, whichever end noticed first. */
export function isLoss(reason: LinkCloseReason): boolean {
  return LOST.has(reason) || reason === 'replaced'
}

/** Neither of the two has removed the other: the peer may link again as the one it was. */
export const MAY_RETURN: ReadonlySet<LinkCloseReason> = new Set([...LOST, 'replaced', 'inactive'])

/** What the peer is told when this node closes the link for the reason. */
export function goodbyeFor(reason: LinkCloseReason): Reason {
  switch (reason) {
    case 'inactive':
      return 'INACTIVE'
    case 'blacklisted':
      return 'BLACKLISTED'
    case 'shutting-down':
      return 'SHUTTING_DOWN'
    case 'protocol-error':
      return 'PROTOCOL_ERROR'
    case 'requested':
    case 'remote':
    case 'replaced':
    case 'connection-lost':
    case 'send-failed':
    case 'silent':
      return 'REQUESTED'
  }
}

/** Why a link was closed that this node did not close itself. `said` is the reason of the peer's goodbye. */
export function closeReason(cause: CloseCause, said: Reason): LinkCloseReason {
  switch (cause) {
    case 'left':
      return 'requested'
    case 'goodbye':
      // both ends see an idle link; which of them says so first is chance
      return said === 'INACTIVE' ? 'inactive' : 'remote'
    case 'ended':
      return 'connection-lost'
    case 'replaced':
      return 'replaced'
    case 'violation':
      return 'protocol-error'
  }
}
