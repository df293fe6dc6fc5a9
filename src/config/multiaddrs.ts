import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import {
  Circuit,
  DNSADDR,
  IP,
  Memory,
  QUIC_V1,
  TCP,
  Unix,
  WebRTC,
  WebRTCDirect,
  WebSockets,
  WebSocketsSecure,
  WebTransport
} from '@multiformats/multiaddr-matcher'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface AddressUse {
  /** What an error says was expected. */
  expected: string
  suits(addr: Multiaddr): boolean
}

/** Addresses of transports that the node does not have itself; those of the user may have them. */
const OTHERS = [QUIC_V1, WebTransport, WebRTC, WebRTCDirect, Memory, Unix]

const dialable = (addr: Multiaddr): boolean =>
  [TCP, WebSockets, WebSocketsSecure, Circuit, DNSADDR, ...OTHERS].some((matcher) =>
    matcher.exactMatch(addr)
  ) && namesAHost(addr)

export const LISTEN_ADDRESS: AddressUse = {
  expected:
    'a multiaddr to listen on: /ip4/.../tcp/PORT, /ip4/.../tcp/PORT/ws (or ip6), /p2p-circuit, or a relay followed by /p2p-circuit',
  suits: (addr) => {
    const names = addr.getComponents().map(({ name }) => name)

    if (names.at(-1) === 'p2p-circuit') {
      return names.length === 1 || (Circuit.exactMatch(addr) && names.includes('p2p') && namesAHost(addr))
    }

    return (
      !names.includes('p2p') &&
      (OTHERS.some((matcher) => matcher.exactMatch(addr)) ||
        (IP.matches(addr) && [TCP, WebSockets, WebSocketsSecure].some((matcher) => matcher.exactMatch(addr))))
    )
  }
}

export const DIAL_ADDRESS: AddressUse = {
  expected:
    'a multiaddr to dial over TCP, WebSocket or a relay, with a host and a port, such as /dns4/HOST/tcp/PORT/p2p/ID',
  suits: dialable
}

export const ANNOUNCE_ADDRESS: AddressUse = {
  expected:
    'a multiaddr others can dial over TCP, WebSocket or a relay, with a host and a port, such as /ip4/.../tcp/PORT',
  suits: dialable
}

export const PEER_ADDRESS: AddressUse = {
  expected:
    'a multiaddr to dial over TCP, WebSocket or a relay that ends with /p2p/ID, such as /dns4/HOST/tcp/PORT/p2p/ID',
  suits: (addr) => dialable(addr) && addr.getComponents().at(-1)?.name === 'p2p'
}

export const ADDRESS_BEGINNING: AddressUse = {
  expected: 'a multiaddr or the beginning of one, such as /ip4/172.17.0.1',
  suits: (addr) => addr.getComponents().length > 0
}

/**
 * The multiaddr in its canonical form.
 *
 * @throws {Error} when the text is no multiaddr or not of that use
 */
export function readMultiaddr(text: string, use: AddressUse): string {
  const addr = multiaddr(text)

  for (const { name, value } of addr.getComponents()) {
    if (name === 'p2p') {
      peerIdFromString(value ?? '')
    }
  }

  if (!use.suits(addr)) {
    throw new TypeError('unsuitable')
  }

  return addr.toString()
}

export const TRANSPORTS = ['tcp', 'websocket', 'relay'] as const

export type TransportName = (typeof TRANSPORTS)[number]

/** The transport that a canonical address needs, `other` for one that only the user can bring; `undefined` where DNS has to say. */
export function transportOf(address: string, use: 'listen' | 'dial'): TransportName | 'other' | undefined {
  const addr = multiaddr(address)

  if (addr.getComponents().some(({ name }) => name === 'p2p-circuit')) {
    return 'relay'
  }

  if (WebSocketsSecure.exactMatch(addr)) {
    // listening takes a certificate, which the configuration cannot give
    return use === 'listen' ? 'other' : 'websocket'
  }

  if (WebSockets.exactMatch(addr)) {
    return 'websocket'
  }

  if (TCP.exactMatch(addr)) {
    return 'tcp'
  }

  return OTHERS.some((matcher) => matcher.exactMatch(addr)) ? 'other' : undefined
}

/** Whether the address names one host, not all of them, and a port that can be dialled. */
function namesAHost(addr: Multiaddr): boolean {
  return addr.getComponents().every(({ name, value }) => {
    switch (name) {
      case 'ip4':
        return value !== '0.0.0.0'
      case 'ip6':
        return value !== '::'
      case 'tcp':
        return value !== '0'
      default:
        return true
    }
  })
}
