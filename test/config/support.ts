import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { FEDERATION_PATTERN } from '../../protocols/handshake/limits.ts'
import { ConfigError } from '../../src/config/index.ts'
import type { ConfigKey, ConfigPath } from '../../src/config/index.ts'

export const PEER = '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'

/** The lines of the ConfigError that is thrown. */
export function linesOf(action: () => unknown): string[] {
  try {
    action()
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    assert.equal(error.name, 'ConfigError')

    return error.message.split('\n')
  }

  return assert.fail('nothing was thrown')
}

/** Calls with the path of a file of that content, which is gone afterwards. */
export function withFile<T>(content: string | Uint8Array, action: (path: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'nebula-config-'))
  const path = join(directory, 'node.yaml')

  try {
    writeFileSync(path, content)

    return action(path)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const dialable = fc.uniqueArray(
  fc.constantFrom(
    '/ip4/192.0.2.1/tcp/4001',
    '/ip6/2001:db8::1/tcp/4001/ws',
    `/dns4/node.example.org/tcp/443/wss/p2p/${PEER}`,
    `/ip4/192.0.2.1/tcp/4001/p2p/${PEER}/p2p-circuit`,
    '/dnsaddr/example.org'
  )
)

const SPECIAL: Partial<Record<ConfigPath, fc.Arbitrary<unknown>>> = {
  federation: fc.oneof(fc.constantFrom('null', 'true', '1e5', '0x10'), fc.stringMatching(FEDERATION_PATTERN)),
  dataDir: fc.constantFrom(null, '/srv/nebula', './data', 'null', '- a: b', 'a # b', "'", '"', '{', 'ü'),
  listen: fc.uniqueArray(
    fc.constantFrom('/ip4/0.0.0.0/tcp/0', '/ip6/::/tcp/4001', '/ip4/127.0.0.1/tcp/0/ws', '/p2p-circuit')
  ),
  announce: dialable,
  appendAnnounce: dialable,
  noAnnounce: fc.uniqueArray(fc.constantFrom('/ip4/172.17.0.1', '/ip6/fe80::1', '/dns4/a.example')),
  dial: dialable,
  direct: dialable,
  waitForDirect: fc.constantFrom(null, 1, 60_000),
  bootstrap: fc.uniqueArray(
    fc.constantFrom(`/ip4/192.0.2.1/tcp/1/p2p/${PEER}`, `/dns/a.example/tcp/2/ws/p2p/${PEER}`)
  ),
  roles: fc.uniqueArray(
    fc.oneof(fc.constantFrom('null', '1', '-'), fc.stringMatching(/^[A-Za-z0-9_.:-]{1,32}$/)),
    { maxLength: 16 }
  ),
  transports: fc.shuffledSubarray(['tcp', 'websocket', 'relay'], { minLength: 3 }),
  encryption: fc.shuffledSubarray(['tls', 'noise'], { minLength: 1 }),
  // one without the other is refused, and these tests set each key alone
  'location.latitude': fc.constant(null),
  'location.longitude': fc.constant(null),
  'mdns.ip': fc.constantFrom('224.0.0.1', '239.255.255.255'),
  'mdns.ip6': fc.constantFrom('ff02::fb', 'ff05::1'),
  'mdns.interfaces': fc.uniqueArray(fc.constantFrom('eth0', 'en*', '192.168.0.0/16', 'fd00::/8')),
  'mdns.excludeInterfaces': fc.uniqueArray(fc.constantFrom('docker0', 'br-*', '10.0.0.1')),
  'mdns.addresses': fc.constantFrom('private', 'all'),
  'controller.url': fc.constantFrom(
    null,
    'http://192.0.2.1:5000',
    'https://example.org/',
    '192.0.2.1:5000',
    'localhost:5000'
  ),
  'controller.scenario': fc.constantFrom(null, 'lab', 'a b', 'x'.repeat(128)),
  'controller.node': fc.constantFrom(null, '192.0.2.1:45001', 'node 1'),
  'libp2p.module': fc.constantFrom(null, './libp2p.config.ts', '/srv/options.mjs'),
  'libp2p.swarmKey': fc.constantFrom(null, './swarm.key'),
  'libp2p.nodeInfo.userAgent': fc.constantFrom(null, 'lab', 'a b/1.0'),
  'libp2p.connectionManager.addressDialTimeout': fc.constantFrom(null, 1, 6_000),
  'libp2p.connectionManager.connectionCloseTimeout': fc.constantFrom(null, 1_000),
  'libp2p.connectionManager.maxDialQueueLength': fc.constantFrom(null, 1, 500),
  'libp2p.connectionManager.inboundStreamProtocolNegotiationTimeout': fc.constantFrom(null, 10_000),
  'libp2p.connectionManager.outboundStreamProtocolNegotiationTimeout': fc.constantFrom(null, 10_000),
  'libp2p.connectionMonitor.enabled': fc.constantFrom(null, true, false),
  'libp2p.connectionMonitor.abortConnectionOnPingFailure': fc.constantFrom(null, true, false),
  'libp2p.transportManager.faultTolerance': fc.constantFrom(null, 'fatal-all', 'no-fatal'),
  'libp2p.peerStore.maxAddressAge': fc.constantFrom(null, 3_600_000),
  'libp2p.peerStore.maxPeerAge': fc.constantFrom(null, 21_600_000),
  'links.acceptLinkMessages': fc.constantFrom('trust-all', 'all', 'neighbours', 'none'),
  'forwarding.types': fc.uniqueArray(fc.constantFrom('discovery', 'federation', 'model', 'reputation')),
  'links.neighbourLoss': fc.constantFrom('given-up', 'at-once'),
  'models.directory': fc.constantFrom(null, '/srv/models', './models'),
  'models.storage': fc.constantFrom('disk', 'memory'),
  'models.encoding': fc.constantFrom('zstd', 'zlib', 'brotli', 'none'),
  'models.maxModelBytes': fc.integer({ min: 1, max: 1_073_741_824 }),
  'models.maxPeerShare': fc.constantFrom(0.25, 1),
  'restrictions.blockedAddresses': fc.uniqueArray(fc.constantFrom('203.0.113.7', '2001:db8::/32')),
  'score.graylist': fc.constantFrom(-40, -42.5),
  'score.blacklist': fc.constantFrom(-100, -110.25),
  'score.maxMessageBurst': fc.constantFrom(null, 1, 100_000),
  'score.colocationExempt': fc.uniqueArray(fc.constantFrom('192.0.2.7', '10.0.0.0/8', '2001:db8::/32')),
  'relay.server': fc.constantFrom(true, false, 'auto'),
  'http.host': fc.constantFrom('127.0.0.1', '::1', 'localhost'),
  'http.port': fc.integer({ min: 0, max: 65_535 })
}

/** Keys whose numbers need not be whole. */
const DECIMAL = /^score\.(?:decayToZero|terms\.\w+\.(?:weight|threshold|cap))$/

/** Good values of the key; numbers stay near the default, so that all relations between keys hold. */
export function valuesOf({ path, default: value }: ConfigKey): fc.Arbitrary<unknown> {
  const special = SPECIAL[path]

  if (special != null) {
    return special
  }

  if (typeof value === 'boolean') {
    return fc.boolean()
  }

  assert.ok(typeof value === 'number', `${path} needs an arbitrary`)

  if (DECIMAL.test(path)) {
    return fc.constantFrom(value, value < 0 ? value * 0.95 : value + 0.1)
  }

  return fc.integer({ min: value, max: value + Math.max(1, Math.floor(value / 10)) })
}

/** The value as it is written in an environment variable. */
export function asText(value: unknown): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) {
    return 'none'
  }

  return Array.isArray(value) ? value.join(',') : typeof value === 'string' ? value : JSON.stringify(value)
}
