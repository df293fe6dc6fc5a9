import type { Multiaddr } from '@multiformats/multiaddr'

const HOST = /^(?:ip4|ip6|dns|dns4|dns6)$/

/**
 * `host:port` of the first address that NEBULA's controller can show: a TCP
 * address, of other machines if there is one. IPv6 hosts stand in brackets.
 */
export function hostAndPort(addrs: Multiaddr[]): string | undefined {
  const hosts = addrs.map(hostOf).filter((host) => host != null)
  const host = hosts.find(({ loopback }) => !loopback) ?? hosts[0]

  return host?.text
}

function hostOf(addr: Multiaddr): { text: string; loopback: boolean } | undefined {
  const components = addr.getComponents()
  const host = components.find(({ name }) => HOST.test(name))
  const port = components.find(({ name }) => name === 'tcp')?.value

  // an address by way of a relay is the relay's
  if (host?.value == null || port == null || components.some(({ name }) => name === 'p2p-circuit')) {
    return undefined
  }

  const text = host.name === 'ip6' ? `[${host.value}]` : host.value

  return { text: `${text}:${port}`, loopback: host.value === '::1' || host.value.startsWith('127.') }
}
