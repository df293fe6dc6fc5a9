import {
  CODE_CERTHASH,
  CODE_IP4,
  CODE_IP6,
  CODE_P2P,
  CODE_P2P_CIRCUIT,
  CODE_QUIC_V1,
  CODE_TCP,
  CODE_TLS,
  CODE_UDP,
  CODE_WEBRTC_DIRECT,
  CODE_WEBTRANSPORT,
  CODE_WS,
  CODE_WSS
} from '@multiformats/multiaddr'
import {
  Circuit,
  QUIC_V1,
  TCP,
  WebRTCDirect,
  WebSockets,
  WebSocketsSecure,
  WebTransport
} from '@multiformats/multiaddr-matcher'
import type { Multiaddr } from '@multiformats/multiaddr'

/** What may follow the IP address. None of these is a name that is looked up, or leads to another host. */
const PARTS = new Set<number>([
  CODE_TCP,
  CODE_UDP,
  CODE_WS,
  CODE_WSS,
  CODE_TLS,
  CODE_QUIC_V1,
  CODE_WEBTRANSPORT,
  CODE_WEBRTC_DIRECT,
  CODE_CERTHASH,
  CODE_P2P,
  CODE_P2P_CIRCUIT
])

const FORMS = [TCP, WebSockets, WebSocketsSecure, QUIC_V1, WebTransport, WebRTCDirect, Circuit]

/**
 * Whether a dial of the address goes to the IP address and port that it begins
 * with, and nowhere else. Every part must be known, for one that is not may name
 * a host: `/ip4/10.0.0.1/tcp/443/tls/sni/example.com/ws` is dialled at example.com.
 */
export function isDialledByIp(addr: Multiaddr): boolean {
  const [ip, port, ...rest] = addr.getComponents().map(({ code }) => code)

  return (
    (ip === CODE_IP4 || ip === CODE_IP6) &&
    (port === CODE_TCP || port === CODE_UDP) &&
    rest.every((code) => PARTS.has(code)) &&
    FORMS.some((form) => form.exactMatch(addr))
  )
}
