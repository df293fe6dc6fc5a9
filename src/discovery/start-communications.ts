import { PeerSet } from '@libp2p/peer-collections'
import { NEIGHBOURS_TIMEOUT_MS } from './constants.ts'
import { checkPlaces, checkTimes } from '../lib/parameters.ts'
import { pause, waitFor } from '../lib/wait-for.ts'
import { MissingNeighboursError } from './errors.ts'
import type { Joiner } from './joiner.ts'
import type { JoinTarget } from './join-target.ts'
import type { Restrictions } from '../scoring/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { StartCommunicationsOptions } from '../interface.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface StartCommunicationsComponents {
  joiner: Pick<Joiner, 'give' | 'isMissing' | 'onLinked' | 'peerAt'>
  restrictions: Pick<Restrictions, 'remove'>
  clock: Clock
}

/**
 * Holds a direct link with each neighbour, as if it had been in `direct` from
 * the start, and resolves with their PeerIds when all are linked.
 *
 * @throws {MissingNeighboursError} when some are not linked in time; they are still dialled
 * @throws {InvalidParametersError} when a neighbour is no PeerId or Multiaddr, or a time is none
 * @throws the reason of the signal
 * @see Nebula.startCommunications (seed: `start_communications`)
 */
export async function startCommunications(
  { joiner, restrictions, clock }: StartCommunicationsComponents,
  neighbours: Iterable<PeerId | Multiaddr>,
  { graceTime = 0, timeout = NEIGHBOURS_TIMEOUT_MS, signal }: StartCommunicationsOptions = {}
): Promise<PeerId[]> {
  const named = typeof neighbours === 'string' ? [neighbours] : [...neighbours]

  checkPlaces(named)
  checkTimes({ graceTime, timeout })
  await pause(clock, graceTime, signal)

  const welcome = async (peers: Iterable<PeerId>): Promise<void> => {
    await Promise.all(Array.from(peers, async (peer) => restrictions.remove('recently-disconnected', peer)))
  }

  await welcome(named.flatMap((neighbour) => joiner.peerAt(neighbour) ?? []))
  signal?.throwIfAborted()

  const targets = named.flatMap((neighbour) => joiner.give(neighbour) ?? [])
  const missing = (): JoinTarget[] => targets.filter((target) => joiner.isMissing(target))
  const linked = await waitFor(() => missing().length === 0, {
    clock,
    timeout,
    signal,
    on: [(check) => joiner.onLinked(check)]
  })

  if (!linked) {
    throw new MissingNeighboursError(missing())
  }

  // one peer may be named in several ways, and some do not say who it is
  const peers = new PeerSet(targets.flatMap(({ peer, isSelf }) => (isSelf ? [] : (peer ?? []))))

  await welcome(peers)

  return [...peers]
}
