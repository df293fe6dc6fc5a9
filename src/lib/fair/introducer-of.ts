import { hostOrNetworkOf, subnetOf } from '../net/index.ts'
import type { Introducer } from './types.ts'
import type { Connection } from '@libp2p/interface'

/**
 * Who pays for what comes over a connection. Peers behind one relay count as
 * one host: this node cannot tell them apart.
 *
 * @param chosen - whether the application or the configuration chose the peer
 */
export function introducerOf(
  { remotePeer, remoteAddr }: Pick<Connection, 'remotePeer' | 'remoteAddr'>,
  chosen = false
): Introducer {
  return {
    id: remotePeer.toString(),
    host: hostOrNetworkOf(remoteAddr),
    subnet: subnetOf(remoteAddr),
    chosen
  }
}
