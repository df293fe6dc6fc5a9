import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CONFIG_KEYS, parseConfig } from '../../src/config/index.ts'
import { CONFIG_GROUPS } from '../../src/config/keys.ts'
import { setValue, valueAt } from '../../src/config/paths.ts'
import { PEER, linesOf } from './support.ts'
import type { ConfigInput } from '../../src/config/index.ts'

const OTHER =
  'expected an address of one of the transports (tcp, websocket, relay); others, and a certificate for wss, come with libp2p.module'
const LISTEN =
  'expected a multiaddr to listen on: /ip4/.../tcp/PORT, /ip4/.../tcp/PORT/ws (or ip6), /p2p-circuit, or a relay followed by /p2p-circuit'
const DIAL =
  'expected a multiaddr to dial over TCP, WebSocket or a relay, with a host and a port, such as /dns4/HOST/tcp/PORT/p2p/ID'
const FEDERATION = 'expected 1 to 55 letters, digits and hyphens, neither first nor last a hyphen'
const DIRECTORY = 'expected the path of a directory, without a leading ~, or null'
const LOOPBACK =
  'expected a loopback host: 127.0.0.1, ::1 or localhost (to reach it from elsewhere use an SSH tunnel)'
const PEER_ADDRESS =
  'expected a multiaddr to dial over TCP, WebSocket or a relay that ends with /p2p/ID, such as /dns4/HOST/tcp/PORT/p2p/ID'

const FAULTS: Array<[unknown, ...string[]]> = [
  [undefined, 'expected a group of keys, got undefined'],
  [null, 'expected a group of keys, got null'],
  [[], 'expected a group of keys, got []'],
  ['federation', 'expected a group of keys, got "federation"'],
  [new Map([['federation', 'lab']]), 'expected a group of keys, got {}'],
  [{ mdns: true }, 'mdns: expected a group of keys, got true'],
  [{ links: [] }, 'links: expected a group of keys, got []'],
  [{ federation: '' }, `federation: ${FEDERATION}, got ""`],
  [{ federation: '-lab' }, `federation: ${FEDERATION}, got "-lab"`],
  [{ federation: 7 }, `federation: ${FEDERATION}, got 7`],
  [{ federation: '\u001b[2J\u202e' }, String.raw`federation: ${FEDERATION}, got "\u001b[2J\u{202e}"`],
  [{ federation: 'a'.repeat(200) }, `federation: ${FEDERATION}, got "${'a'.repeat(98)}…`],
  [{ dataDir: '~/nebula' }, `dataDir: ${DIRECTORY}, got "~/nebula"`],
  [{ dataDir: '' }, `dataDir: ${DIRECTORY}, got ""`],
  [{ dataDir: 3 }, `dataDir: ${DIRECTORY}, got 3`],
  [{ proxy: 'yes' }, 'proxy: expected true or false, got "yes"'],
  [{ listen: null }, 'listen: expected a list of multiaddrs, 0 to 1000 of them, none twice, got null'],
  [{ listen: ['tcp'] }, `listen[0]: ${LISTEN}, got "tcp"`],
  [{ listen: ['/ip4/0.0.0.0/tcp/0', ''] }, `listen[1]: ${LISTEN}, got ""`],
  [{ listen: ['/ip4/1.1.1.999/tcp/1'] }, `listen[0]: ${LISTEN}, got "/ip4/1.1.1.999/tcp/1"`],
  [{ listen: ['/ip4/1.1.1.1/udp/1/quic-v1'] }, `listen[0]: ${OTHER}, got "/ip4/1.1.1.1/udp/1/quic-v1"`],
  [{ listen: ['/ip4/1.1.1.1/tcp/1/wss'] }, `listen[0]: ${OTHER}, got "/ip4/1.1.1.1/tcp/1/wss"`],
  [{ dial: ['/ip4/1.1.1.1/udp/1/quic-v1'] }, `dial[0]: ${OTHER}, got "/ip4/1.1.1.1/udp/1/quic-v1"`],
  [{ listen: ['/ip4/1.1.1.1/udp/1'] }, `listen[0]: ${LISTEN}, got "/ip4/1.1.1.1/udp/1"`],
  [{ listen: ['/dns4/a.example/tcp/1'] }, `listen[0]: ${LISTEN}, got "/dns4/a.example/tcp/1"`],
  [{ dial: ['/ip4/192.0.2.1'] }, `dial[0]: ${DIAL}, got "/ip4/192.0.2.1"`],
  [{ dial: ['/ip4/192.0.2.1/tcp/0'] }, `dial[0]: ${DIAL}, got "/ip4/192.0.2.1/tcp/0"`],
  [{ direct: ['/ip6/::/tcp/1'] }, `direct[0]: ${DIAL}, got "/ip6/::/tcp/1"`],
  [{ direct: ['/dns4/a/tcp/1/p2p/abc'] }, `direct[0]: ${DIAL}, got "/dns4/a/tcp/1/p2p/abc"`],
  [{ bootstrap: ['/dns4/a/tcp/1'] }, `bootstrap[0]: ${PEER_ADDRESS}, got "/dns4/a/tcp/1"`],
  [
    { announce: ['/ip4/0.0.0.0/tcp/1'] },
    'announce[0]: expected a multiaddr others can dial over TCP, WebSocket or a relay, with a host and a port, such as /ip4/.../tcp/PORT, got "/ip4/0.0.0.0/tcp/1"'
  ],
  [
    { noAnnounce: ['10.0.0.0/8'] },
    'noAnnounce[0]: expected a multiaddr or the beginning of one, such as /ip4/172.17.0.1, got "10.0.0.0/8"'
  ],
  [
    { dial: ['/ip4/192.0.2.1/tcp/1', '/ip4/192.0.2.1/tcp/1/'] },
    'dial: expected a list of multiaddrs, 0 to 1000 of them, none twice, got ["/ip4/192.0.2.1/tcp/1","/ip4/192.0.2.1/tcp/1/"]'
  ],
  [{ roles: ['a b'] }, 'roles[0]: expected 1 to 32 letters, digits and _ . : -, got "a b"'],
  [
    { roles: ['a'.repeat(33)] },
    `roles[0]: expected 1 to 32 letters, digits and _ . : -, got "${'a'.repeat(33)}"`
  ],
  [
    { roles: Array.from({ length: 17 }, (_, index) => `${index}`) },
    'roles: expected a list of names, 0 to 16 of them, none twice, got ["0","1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16"]'
  ],
  [{ encryption: [] }, 'encryption: expected at least one, or libp2p.module, got []'],
  [{ encryption: ['ssl'] }, 'encryption[0]: expected "tls" or "noise", got "ssl"'],
  [
    { encryption: ['tls', 'tls'] },
    'encryption: expected a list of "tls" or "noise", 0 to 2 of them, none twice, got ["tls","tls"]'
  ],
  [
    { transports: ['websocket'] },
    'listen[0]: expected an address of one of the transports (websocket), got "/ip4/0.0.0.0/tcp/0"'
  ],
  [
    { transports: ['tcp'], listen: [], bootstrap: [`/dns4/a/tcp/1/wss/p2p/${PEER}`], dial: ['/dnsaddr/a'] },
    `bootstrap[0]: expected an address of one of the transports (tcp), got "/dns4/a/tcp/1/wss/p2p/${PEER}"`
  ],
  [
    { transports: ['tcp'], listen: ['/p2p-circuit'] },
    'listen[0]: expected an address of one of the transports (tcp), got "/p2p-circuit"'
  ],
  [{ links: { maxLinks: 'many' } }, 'links.maxLinks: expected a whole number from 1 to 1000000, got "many"'],
  [{ links: { maxLinks: 1.5 } }, 'links.maxLinks: expected a whole number from 1 to 1000000, got 1.5'],
  [{ links: { maxLinks: 1e300 } }, 'links.maxLinks: expected a whole number from 1 to 1000000, got 1e+300'],
  [
    { links: { acceptLinkMessages: 'some' } },
    'links.acceptLinkMessages: expected "trust-all", "all", "neighbours" or "none", got "some"'
  ],
  [
    { links: { dialTimeout: '10 parsecs' } },
    'links.dialTimeout: expected a duration in milliseconds or like "10s", from 1 to 2147483647, got "10 parsecs"'
  ],
  [
    { links: { dialTimeout: Number.NaN } },
    'links.dialTimeout: expected a duration in milliseconds or like "10s", from 1 to 2147483647, got NaN'
  ],
  [
    { messages: { maxMessageBytes: '1 Mib' } },
    'messages.maxMessageBytes: expected a size in bytes or like "1MiB", from 1024 to 67108864, got "1 Mib"'
  ],
  [
    { mdns: { ip: '192.168.0.1' } },
    'mdns.ip: expected an IPv4 multicast address, 224.0.0.0 to 239.255.255.255, got "192.168.0.1"'
  ],
  [
    { controller: { url: 'ftp://192.0.2.1' } },
    'controller.url: expected an http or https URL without query and fragment, or host:port, or null, got "ftp://192.0.2.1"'
  ],
  [
    { controller: { url: 'http://192.0.2.1:5000?a=1' } },
    'controller.url: expected an http or https URL without query and fragment, or host:port, or null, got "http://192.0.2.1:5000?a=1"'
  ],
  ...['http://user:pass@192.0.2.1:5000', 'user:pass@192.0.2.1:5000', 'https://user@192.0.2.1'].map(
    (url): [object, string] => [
      { controller: { url } },
      'controller.url: expected a URL without user name and password, got "(hidden)"'
    ]
  ),
  [{ relay: { server: 'yes' } }, 'relay.server: expected true, false or "auto", got "yes"'],
  [{ http: { host: '0.0.0.0' } }, `http.host: ${LOOPBACK}, got "0.0.0.0"`],
  [
    { mdns: { interval: '1m' } },
    'mdns.maxInterval: expected at least mdns.interval (60000), the interval only grows, got 30000'
  ],
  [
    { mdns: { presenceTtl: 30_000 } },
    'mdns.presenceTtl: expected more than mdns.maxInterval (30000), or peers vanish between two questions, got 30000'
  ],
  [
    { joining: { retryDelay: '2m' } },
    'joining.maxRetryDelay: expected at least joining.retryDelay (120000), the delay only grows, got 30000'
  ],
  [
    { messages: { maxQueuedBytes: 1_048_575 } },
    'messages.maxQueuedBytes: expected at least messages.maxMessageBytes (1048576), or the largest message could never be sent, got 1048575'
  ],
  [
    { connections: { maxConnections: 999 } },
    'connections.maxConnections: expected at least links.maxLinks (1000), each link has a connection, got 999'
  ],
  [
    { connections: { maxReadBufferBytes: '1MiB' } },
    'connections.maxReadBufferBytes: expected more than connections.maxStreamWindowBytes (1048576), or a stream that waits is reset, got 1048576'
  ],
  [{ federaton: 'lab' }, 'unknown key "federaton"; did you mean "federation"?'],
  [{ maxLinks: 5 }, 'unknown key "maxLinks"; did you mean "links.maxLinks"?'],
  [{ links: { maxlinks: 5 } }, 'links: unknown key "maxlinks"; did you mean "maxLinks"?'],
  [{ mdsn: {} }, 'unknown key "mdsn"; did you mean "mdns"?'],
  [{ colour: 'red' }, 'unknown key "colour"'],
  [JSON.parse('{"__proto__": {"proxy": true}}'), 'unknown key "__proto__"'],
  [{ constructor: 1 }, 'unknown key "constructor"'],
  [
    { proxy: 1, federaton: 'x' },
    'proxy: expected true or false, got 1',
    'unknown key "federaton"; did you mean "federation"?'
  ]
]

describe('the schema of the configuration', () => {
  for (const [input, ...lines] of FAULTS) {
    it(`refuses: ${lines.join(' / ').slice(0, 90)}`, () => {
      assert.deepEqual(
        linesOf(() => parseConfig(input)),
        lines
      )
    })
  }

  it('gives the whole configuration for nothing', () => {
    const config = parseConfig({})

    for (const { path, parts, default: value } of CONFIG_KEYS) {
      assert.deepEqual(valueAt(config, parts), value, path)
    }

    assert.equal(config.dataDir, null)
    assert.deepEqual(config.encryption, ['noise', 'tls'])
    assert.equal(config.links.maxLinks, 1_000)
  })

  it('has defaults that the schema itself accepts', () => {
    assert.deepEqual(parseConfig(parseConfig({})), parseConfig({}))
  })

  it('shares nothing between two configurations', () => {
    parseConfig({}).listen.push('/p2p-circuit')
    parseConfig({}).mdns.enabled = false

    assert.equal(parseConfig({}).listen.length, 2)
    assert.equal(parseConfig({}).mdns.enabled, true)
  })

  it('is plain data', () => {
    const config = parseConfig({ dial: ['/dns4/a.example/tcp/1'] })

    assert.deepEqual(JSON.parse(JSON.stringify(config)), config)
  })

  it('says of each key and group what it means', () => {
    for (const { path, description, type } of CONFIG_KEYS) {
      assert.match(description, /^[A-Z].*\.$/s, path)
      assert.notEqual(type, '', path)
    }

    for (const { path, description } of CONFIG_GROUPS.slice(1)) {
      assert.match(description, /^(?:[A-Z]|libp2p).*\.$/s, path)
    }
  })

  it('suggests the key for each that is misspelt, on every level', () => {
    for (const { parts } of CONFIG_KEYS) {
      const name = parts.at(-1) ?? ''
      const input = {}
      setValue(input, [...parts.slice(0, -1), `${name}x`], 1)
      const prefix = parts.length > 1 ? `${parts.slice(0, -1).join('.')}: ` : ''

      assert.deepEqual(
        linesOf(() => parseConfig(input)),
        [`${prefix}unknown key "${name}x"; did you mean "${name}"?`]
      )
    }

    for (const { path } of CONFIG_GROUPS.slice(1)) {
      assert.deepEqual(
        linesOf(() => parseConfig({ [`${path}x`]: {} })),
        [`unknown key "${path}x"; did you mean "${path}"?`]
      )
    }
  })

  it('writes multiaddrs in one form', () => {
    const { dial, listen } = parseConfig({
      dial: [`/ip6/2001:DB8:0::1/tcp/1/ipfs/${PEER}/`, '/dns4/a/tcp/1/wss'],
      listen: [`/ip4/192.0.2.1/tcp/1/p2p/${PEER}/p2p-circuit`, '/ip6/::/tcp/0/ws']
    } satisfies ConfigInput)

    assert.deepEqual(dial, [`/ip6/2001:db8::1/tcp/1/p2p/${PEER}`, '/dns4/a/tcp/1/wss'])
    assert.deepEqual(listen, [`/ip4/192.0.2.1/tcp/1/p2p/${PEER}/p2p-circuit`, '/ip6/::/tcp/0/ws'])
  })
})
