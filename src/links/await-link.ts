import { onEvents, waitFor } from '../lib/wait-for.ts'
import type { LinkTable } from './link-table.ts'
import type { Clock } from '../lib/clock.ts'
import type { PeerId } from '@libp2p/interface'

export interface AwaitLinkOptions {
  clock: Clock
  /** Milliseconds. */
  timeout: number
  /** Ends the wait without a link. */
  signal: AbortSignal
}

/** The links there are, which raise `open`, and the attempts under way. */
export interface Attempts {
  links: Pick<LinkTable, 'has'>
  attempting(peer: PeerId): boolean
}

/**
 * Whether there is a link with the peer. When an attempt of this node is under
 * way its outcome is waited for: the peer has its link, and may use it, before
 * its answer is here.
 */
export async function awaitLink(
  linkManager: Attempts,
  peer: PeerId,
  { clock, timeout, signal }: AwaitLinkOptions
): Promise<boolean> {
  const { links } = linkManager
  const linked = (): boolean => links.has(peer)

  if (linked() || !linkManager.attempting(peer)) {
    return linked()
  }

  try {
    return await waitFor(linked, { clock, timeout, signal, on: [onEvents(linkManager, 'open')] })
  } catch {
    return false
  }
}
