import { Queue } from '@libp2p/utils'
import { isMultiaddr } from '@multiformats/multiaddr'
import { createMessage } from '../messages/index.ts'
import { peerOf } from '../peer-of.ts'
import { MAX_PARALLEL_JOINS } from './constants.ts'
import type { FederationDiscovery } from './federation-discovery.ts'
import type { JoinOptions, JoinResult } from '../interface.ts'
import type { LinkManager } from '../links/index.ts'
import type { Messenger } from '../messages/index.ts'
import type { ComponentLogger, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface JoinFederationComponents {
  peerId: PeerId
  discovery: FederationDiscovery
  linkManager: LinkManager
  messenger: Messenger
  logger: ComponentLogger
  /** The peers that may be dialled. */
  applyRestrictions(peers: Iterable<PeerId>): PeerId[]
}

/**
 * Makes an undirected link with every member that is no neighbour yet, then
 * sends each member that is linked a discover message. Members that cannot be
 * linked are left out; the result says how many were reached.
 *
 * @see Nebula.joinFederation (seed: `stablish_connection_to_federation`)
 */
export async function joinFederation(
  components: JoinFederationComponents,
  options: JoinOptions & { maxParallel?: number } = {}
): Promise<JoinResult> {
  const { type = 'discover_join', signal } = options
  const { linkManager, messenger } = components
  const log = components.logger.forComponent('nebula:join')
  const message = createMessage('discover', type)
  const queue = new Queue<void>({ concurrency: options.maxParallel ?? MAX_PARALLEL_JOINS })
  const linksMade: PeerId[] = []
  let discoversSent = 0

  const reach = async (member: PeerId | Multiaddr | Multiaddr[]): Promise<void> => {
    const peer = peerOfMember(member)
    const before = peer == null ? undefined : linkManager.links.get(peer)

    if (before?.direct === true || peer?.equals(components.peerId) === true) {
      return
    }

    const link = before ?? (await linkManager.connect(member, { direct: false, priority: 'high', signal }))

    if (before == null) {
      linksMade.push(link.peer)
    }

    await messenger.send(link.peer, message, { signal })
    discoversSent++
  }

  await Promise.all(
    (await members(components, options)).map(async (member) =>
      queue
        .add(async () => reach(member), { signal })
        .catch((err: Error) => {
          log('member was not reached - %e', err)
        })
    )
  )
  signal?.throwIfAborted()

  return { discoversSent, linksMade }
}

async function members(
  { discovery, applyRestrictions }: JoinFederationComponents,
  { addrs, signal }: JoinOptions
): Promise<Array<PeerId | Multiaddr | Multiaddr[]>> {
  if (addrs != null) {
    return addrs.filter((addr) => {
      const peer = peerOfMember(addr)

      return peer == null || applyRestrictions([peer]).length === 1
    })
  }

  return (await discovery.find({ signal }))
    .filter(({ id }) => applyRestrictions([id]).length === 1)
    .map(({ id, multiaddrs }) => multiaddrs.map((addr) => addr.encapsulate(`/p2p/${id}`)))
}

function peerOfMember(member: PeerId | Multiaddr | Multiaddr[]): PeerId | undefined {
  const addr = Array.isArray(member) ? member[0] : member

  return isMultiaddr(addr) ? peerOf(addr) : addr
}
