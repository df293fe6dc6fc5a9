import { PeerSet } from '@libp2p/peer-collections'
import { Queue } from '@libp2p/utils'
import { isMultiaddr } from '@multiformats/multiaddr'
import { createMessage } from '../messages/index.ts'
import { peerOf } from '../lib/peer-of.ts'
import { MAX_PARALLEL_JOINS } from './constants.ts'
import type { FederationDiscovery } from './federation-discovery.ts'
import type { JoinOptions, JoinResult } from '../interface.ts'
import type { LinkManager } from '../links/index.ts'
import type { Messenger } from '../messages/index.ts'
import type { ComponentLogger, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface JoinFederationComponents {
  peerId: PeerId
  discovery: Pick<FederationDiscovery, 'find'>
  linkManager: Pick<LinkManager, 'links' | 'connect'>
  messenger: Pick<Messenger, 'send'>
  logger: ComponentLogger
  /** The peers that may be dialled. */
  applyRestrictions(peers: Iterable<PeerId>): PeerId[]
}

export interface JoinFederationOptions extends JoinOptions {
  /** Members that are linked with at the same time. @default 8 */
  maxParallel?: number
}

type Member = PeerId | Multiaddr | Multiaddr[]

/**
 * Makes an undirected link with every member that is no neighbour yet, then
 * sends each member that is linked a discover message. Members that cannot be
 * linked are left out; the result says how many were reached. A link that is
 * there already is used, and not counted as made.
 *
 * @see Nebula.joinFederation (seed: `stablish_connection_to_federation`)
 */
export async function joinFederation(
  components: JoinFederationComponents,
  options: JoinFederationOptions = {}
): Promise<JoinResult> {
  const { type = 'discover_join', signal } = options
  const { linkManager, messenger } = components
  const log = components.logger.forComponent('nebula:join')
  const message = createMessage('discover', type)
  const queue = new Queue<void>({ concurrency: options.maxParallel ?? MAX_PARALLEL_JOINS })
  // one member may be named by several addresses
  const reached = new PeerSet()
  const linksMade = new PeerSet()

  const reach = async (member: Member): Promise<void> => {
    const peer = peerOfMember(member)
    const before = new Set(linkManager.links)
    const link =
      (peer == null ? undefined : linkManager.links.get(peer)) ??
      (await linkManager.connect(member, { direct: false, priority: 'high', signal }))

    link.wanted = true

    if (!before.has(link)) {
      linksMade.add(link.peer)
    }

    if (!link.direct && !reached.has(link.peer)) {
      reached.add(link.peer)
      await messenger.send(link.peer, message, { signal }).catch((err: Error) => {
        reached.delete(link.peer)
        throw err
      })
    }
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

  return { discoversSent: reached.size, linksMade: [...linksMade] }
}

/** Whom to reach: those named, or those found, but neither this node nor whoever is restricted. */
async function members(
  { peerId, discovery, applyRestrictions }: JoinFederationComponents,
  { addrs, signal }: JoinOptions
): Promise<Member[]> {
  const named: Member[] =
    addrs ??
    (await discovery.find({ signal })).map(({ id, multiaddrs }) =>
      // announced addresses come without the PeerId, which the dial must insist on
      multiaddrs.length === 0 ? id : multiaddrs.map((addr) => addr.encapsulate(`/p2p/${id}`))
    )

  return named.filter((member) => {
    const peer = peerOfMember(member)

    return peer == null || (!peer.equals(peerId) && applyRestrictions([peer]).length === 1)
  })
}

function peerOfMember(member: Member): PeerId | undefined {
  const addr = Array.isArray(member) ? member[0] : member

  return isMultiaddr(addr) ? peerOf(addr) : addr
}
