import { raceSignal } from 'race-signal'
import type { LinkManagerEvents } from './types.ts'
import type { LinkTable } from './link-table.ts'
import type { Clock } from '../lib/clock.ts'
import type { AbortOptions, PeerId, TypedEventTarget } from '@libp2p/interface'

export interface UntilLinkedOptions extends AbortOptions {
  clock: Clock
  /** Milliseconds after which the wait is over in any case. */
  timeout: number
}

/** Waits for a link with the peer, made by whichever end; rejects only when the signal is aborted. */
export async function untilLinked(
  linkManager: Pick<TypedEventTarget<LinkManagerEvents>, 'addEventListener' | 'removeEventListener'> & {
    links: LinkTable
  },
  peer: PeerId,
  { clock, timeout, signal }: UntilLinkedOptions
): Promise<void> {
  signal?.throwIfAborted()

  if (linkManager.links.has(peer)) {
    return
  }

  const over = Promise.withResolvers<void>()
  const onOpen = ({ detail: link }: LinkManagerEvents['open']): void => {
    if (link.peer.equals(peer)) {
      over.resolve()
    }
  }
  const timer = clock.setTimeout(over.resolve, timeout)

  linkManager.addEventListener('open', onOpen)

  try {
    await raceSignal(over.promise, signal)
  } finally {
    timer.clear()
    linkManager.removeEventListener('open', onOpen)
  }
}
