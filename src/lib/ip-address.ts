import { CODE_IP4, CODE_IP6, multiaddr } from '@multiformats/multiaddr'
import type { Multiaddr } from '@multiformats/multiaddr'

/** The IP address that a multiaddr begins with. */
export function ipOf(addr: Multiaddr): { address: string; family: 'ipv4' | 'ipv6' } | undefined {
  const component = addr.getComponents().find(({ code }) => code === CODE_IP4 || code === CODE_IP6)

  return component?.value == null
    ? undefined
    : { address: component.value, family: component.code === CODE_IP4 ? 'ipv4' : 'ipv6' }
}

/** The address with all but its first bits cleared. */
export function networkOf(code: typeof CODE_IP4 | typeof CODE_IP6, address: string, bits: number): string {
  const bytes = multiaddr(`/${code === CODE_IP4 ? 'ip4' : 'ip6'}/${address}`).bytes.slice()

  // the first byte is the protocol's code
  for (let i = 1; i < bytes.length; i++) {
    const kept = Math.min(8, Math.max(0, bits - 8 * (i - 1)))

    bytes[i] = (bytes[i] ?? 0) & (0xff << (8 - kept))
  }

  return multiaddr(bytes).getComponents()[0]?.value ?? address
}
