import type { Clock } from '../lib/clock.ts'
import type { Link, LinkManager } from '../links/index.ts'
import type { PeerId } from '@libp2p/interface'

export interface AwaitLinkOptions {
  clock: Clock
  /** Milliseconds. */
  timeout: number
  /** Ends the wait without a link. */
  signal: AbortSignal
}

/**
 * Whether there is a link with the peer. When an attempt of this node is under
 * way its outcome is waited for: the peer has its link, and may use it, before
 * its answer is here.
 */
export async function awaitLink(
  linkManager: Pick<LinkManager, 'links' | 'attempting' | 'addEventListener' | 'removeEventListener'>,
  peer: PeerId,
  { clock, timeout, signal }: AwaitLinkOptions
): Promise<boolean> {
  if (linkManager.links.has(peer)) {
    return true
  }

  if (!linkManager.attempting(peer) || signal.aborted) {
    return false
  }

  const outcome = Promise.withResolvers<boolean>()
  const giveUp = (): void => outcome.resolve(false)
  const onOpen = ({ detail: link }: CustomEvent<Link>): void => {
    if (link.peer.equals(peer)) {
      outcome.resolve(true)
    }
  }
  const timer = clock.setTimeout(giveUp, timeout)

  linkManager.addEventListener('open', onOpen)
  signal.addEventListener('abort', giveUp)

  try {
    return await outcome.promise
  } finally {
    timer.clear()
    linkManager.removeEventListener('open', onOpen)
    signal.removeEventListener('abort', giveUp)
  }
}
