import { getNetConfig } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'

/** The host that a connection goes to or comes from. An address without a host is one of its own. */
export function hostOf(addr: Multiaddr): string {
  try {
    return getNetConfig(addr).host
  } catch {
    return addr.toString()
  }
}
