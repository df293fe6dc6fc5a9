import { getNetConfig } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'

/** The first of the host that has the most: who comes from few places gives way before all others. */
export function firstOfBusiestHost<T extends { host: string }>(items: Iterable<T>): T | undefined {
  let most: T[] = []

  for (const those of Map.groupBy(items, ({ host }) => host).values()) {
    most = those.length > most.length ? those : most
  }

  return most[0]
}

/** Where it comes from; an address without a host is one of its own. */
export function hostOf(addr: Multiaddr): string {
  try {
    return getNetConfig(addr).host
  } catch {
    return addr.toString()
  }
}
