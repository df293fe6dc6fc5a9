import { InvalidMultiaddrError, InvalidPeerIdError } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/**
 * @throws {InvalidPeerIdError}
 */
export function parsePeerId(text: string): PeerId {
  try {
    return peerIdFromString(text)
  } catch {
    throw new InvalidPeerIdError(`not a peer id: ${JSON.stringify(text)}`)
  }
}

/**
 * A multiaddr that names something, its peer id checked too, which
 * `multiaddr()` alone leaves to the dialler.
 *
 * @throws {InvalidMultiaddrError}
 */
export function parseMultiaddr(text: string): Multiaddr {
  try {
    const address = multiaddr(text)
    const components = address.getComponents()

    if (components.length === 0) {
      throw new InvalidMultiaddrError('it is empty')
    }

    for (const { name, value } of components) {
      if (name === 'p2p') {
        parsePeerId(value ?? '')
      }
    }

    return address
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)

    throw new InvalidMultiaddrError(`not a multiaddr: ${JSON.stringify(text)} (${why})`)
  }
}

/**
 * What `Nebula.connect` takes: `/p2p/ID` alone is the peer, whose addresses
 * the node knows, and no address of its own.
 */
export function parseTarget(text: string): PeerId | Multiaddr {
  const address = parseMultiaddr(text)
  const [first, second] = address.getComponents()

  return first?.name === 'p2p' && second == null ? parsePeerId(first.value ?? '') : address
}
