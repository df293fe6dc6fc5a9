import { PeerMap, PeerSet } from '@libp2p/peer-collections'
import { Queue } from '@libp2p/utils'
import { isMultiaddr } from '@multiformats/multiaddr'
import { peerOf } from '../lib/net/index.ts'
import { checkPlaces } from '../lib/parameters.ts'
import { toError } from '../lib/to-error.ts'
import { isDeniedByGater, isDialOfSelf } from '../links/index.ts'
import { createMessage } from '../messages/index.ts'
import { MAX_PARALLEL_JOINS } from './constants.ts'
import { isOwn } from './own-address.ts'
import type { FederationDiscovery } from './federation-discovery.ts'
import type { JoinOptions, JoinResult, LeftOut } from '../interface.ts'
import type { LinkManager } from '../links/index.ts'
import type { Messenger } from '../messages/index.ts'
import type { Restrictions } from '../scoring/index.ts'
import type { ComponentLogger, PeerId } from '@libp2p/interface'
import type { AddressManager } from '@libp2p/interface-internal'

export interface JoinFederationComponents {
  peerId: PeerId
  addressManager: Pick<AddressManager, 'getAddresses'>
  discovery: Pick<FederationDiscovery, 'find'>
  linkManager: Pick<LinkManager, 'links' | 'connect'>
  messenger: Pick<Messenger, 'send'>
  logger: ComponentLogger
  restrictions: Pick<Restrictions, 'isBlacklisted' | 'isRecentlyDisconnected' | 'remove'>
}

export interface JoinFederationOptions extends JoinOptions {
  /** Members that are linked with at the same time. @default 8 */
  maxParallel?: number
}

type Member = LeftOut['member']

/**
 * Makes an undirected link with every member that is no neighbour yet, then
 * sends each member that is linked a discover message. A member that was
 * disconnected a short while ago is left out where it was found, and linked
 * where the caller names it, as with `connect`.
 *
 * @see Nebula.joinFederation (seed: `stablish_connection_to_federation`)
 */
export async function joinFederation(
  components: JoinFederationComponents,
  options: JoinFederationOptions = {}
): Promise<JoinResult> {
  const { type = 'discover_join', addrs = [], signal } = options

  checkPlaces(addrs)

  const { linkManager, messenger, restrictions } = components
  const log = components.logger.forComponent('nebula:join')
  const message = createMessage('discover', type)
  const queue = new Queue<void>({ concurrency: options.maxParallel ?? MAX_PARALLEL_JOINS })
  // one member may be named by several addresses
  const told = new PeerSet()
  const linked = new PeerMap<'made' | 'kept'>()
  const leftOut: LeftOut[] = []

  const reach = async (member: Member): Promise<void> => {
    const peer = peerOfMember(member)
    const before = new Set(linkManager.links)
    const link =
      (peer == null ? undefined : linkManager.links.get(peer)) ??
      (await linkManager.connect(member, { direct: false, priority: 'high', signal }))

    link.wanted = true
    await restrictions.remove('recently-disconnected', link.peer)

    if (!linked.has(link.peer)) {
      linked.set(link.peer, before.has(link) ? 'kept' : 'made')
    }

    if (!link.direct && !told.has(link.peer)) {
      told.add(link.peer)
      await messenger.send(link.peer, message, { signal }).catch((err: unknown) => {
        told.delete(link.peer)
        throw err
      })
    }
  }

  await Promise.all(
    (await members(components, options)).map(async (member) => {
      const reason = whyNot(components, member, options.addrs != null)

      if (reason != null) {
        leftOut.push({ member, reason })

        return
      }

      await queue
        .add(async () => reach(member), { signal })
        .catch((err: unknown) => {
          log('member was not reached - %e', err)
          leftOut.push({ member, reason: reasonOf(err), error: toError(err) })
        })
    })
  )
  signal?.throwIfAborted()

  const linksOf = (kind: 'made' | 'kept'): PeerId[] =>
    [...linked].flatMap(([peer, how]) => (how === kind ? peer : []))

  return { discoversSent: told.size, linksMade: linksOf('made'), linksKept: linksOf('kept'), leftOut }
}

/** Those named, or those found. */
async function members(
  { discovery }: JoinFederationComponents,
  { addrs, signal }: JoinOptions
): Promise<Member[]> {
  return (
    addrs ??
    (await discovery.find({ signal })).map(({ id, multiaddrs }) =>
      // announced addresses come without the PeerId, which the dial must insist on
      multiaddrs.length === 0 ? id : multiaddrs.map((addr) => addr.encapsulate(`/p2p/${id}`))
    )
  )
}

/** Why a member is not dialled. */
function whyNot(
  { peerId, addressManager, restrictions }: JoinFederationComponents,
  member: Member,
  named: boolean
): LeftOut['reason'] | undefined {
  const peer = peerOfMember(member)
  const [place] = [member].flat()

  if (place != null && isOwn(place, peerId, addressManager.getAddresses())) {
    return 'self'
  }

  if (peer == null) {
    return undefined
  }

  if (restrictions.isBlacklisted(peer)) {
    return 'blacklisted'
  }

  return !named && restrictions.isRecentlyDisconnected(peer) ? 'recently-disconnected' : undefined
}

/** What a failure says of a member of which nothing was known but an address. */
function reasonOf(error: unknown): LeftOut['reason'] {
  if (isDialOfSelf(error)) {
    return 'self'
  }

  return isDeniedByGater(error) ? 'blacklisted' : 'failed'
}

function peerOfMember(member: Member): PeerId | undefined {
  const addr = Array.isArray(member) ? member[0] : member

  return isMultiaddr(addr) ? peerOf(addr) : addr
}
