import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { FaultTolerance } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { MemoryDatastore } from 'datastore-core'
import { parseConfig } from '../../../src/config/index.ts'
import { createNode } from '../../../src/node/index.ts'
import { plainLibp2pOptions, userIdentity, userLibp2pOptions } from '../../../src/node/user-options/index.ts'

const LISTEN = { listen: ['/ip4/127.0.0.1/tcp/0'], mdns: { enabled: false } }

let directory: string

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nebula-libp2p-'))
})
after(async () => rm(directory, { recursive: true, force: true }))

async function file(name: string, content: string): Promise<string> {
  const path = join(directory, name)

  await writeFile(path, content)

  return path
}

describe('the module with options of libp2p', () => {
  for (const [name, content] of [
    ['object.mjs', "export default { nodeInfo: { userAgent: 'lab' } }"],
    ['function.mjs', 'export default (config) => ({ nodeInfo: { userAgent: config.federation } })'],
    ['promise.mjs', 'export default async (config) => ({ nodeInfo: { userAgent: config.federation } })'],
    ['typed.ts', "const options: object = { nodeInfo: { userAgent: 'lab' } }\nexport default options"]
  ] as const) {
    it(`may be ${name}`, async () => {
      const config = parseConfig({ federation: 'lab', libp2p: { module: await file(name, content) } })

      assert.deepEqual(await userLibp2pOptions(config, undefined), { nodeInfo: { userAgent: 'lab' } })
    })
  }

  for (const [what, name, content, message] of [
    ['is not there', '', '', /Cannot find module/],
    ['does not run', 'throws.mjs', "throw new Error('no device')", /no device/],
    ['exports nothing by default', 'nothing.mjs', 'export const a = 1', /has to export by default/],
    ['exports a list', 'list.mjs', 'export default []', /has to export by default/],
    ['has an unknown option', 'unknown.mjs', 'export default { transport: [] }', /did you mean "transports"/]
  ] as const) {
    it(`is refused when it ${what}`, async () => {
      const path = name === '' ? join(directory, 'missing.mjs') : await file(name, content)
      const config = parseConfig({ libp2p: { module: path } })

      await assert.rejects(userLibp2pOptions(config, undefined), { name: 'Libp2pOptionsError', message })
    })
  }

  it('is refused beside options of the program', async () => {
    const config = parseConfig({ libp2p: { module: 'x.mjs' } })

    await assert.rejects(userLibp2pOptions(config, {}), { name: 'Libp2pOptionsError', option: 'module' })
  })
})

describe('options of libp2p that are none', () => {
  const get = (): void => {}
  const key = new Uint8Array(64)

  class Misspelt {
    denyDialPeers(): boolean {
      return true
    }
  }

  for (const [given, option, message] of [
    [5, '', /a function that returns one, got a number/],
    [true, '', /got a boolean/],
    [[], '', /got a list/],
    ['abc', '', /got a string/],
    [() => 7, '', /got a number/],
    [() => undefined, '', /got nothing/],
    [async () => null, '', /got nothing/],
    [{ transport: [] }, 'transport', /did you mean "transports"/],
    [{ transports: () => 1 }, 'transports', /a list of functions, got a function/],
    [{ transports: [{}] }, 'transports[0]', /a function, got an object/],
    [{ streamMuxers: [undefined] }, 'streamMuxers[0]', /got nothing/],
    [{ privateKey: key }, 'privateKey', /generateKeyPair/],
    [{ datastore: {} }, 'datastore', /a datastore/],
    [{ datastore: { get } }, 'datastore', /a datastore/],
    [{ logger: {} }, 'logger', /a logger/],
    [{ metrics: {} }, 'metrics', /a function/],
    [{ connectionProtector: {} }, 'connectionProtector', /a function/],
    [{ dns: 'x' }, 'dns', /got a string/],
    [{ services: get }, 'services', /an object, got a function/],
    [{ services: [] }, 'services', /an object, got a list/],
    [{ services: { foo: undefined } }, 'services.foo', /a function, got nothing/],
    [{ addresses: { bogus: 1 } }, 'addresses.bogus', /unknown/],
    [{ addresses: { listen: '/ip4/127.0.0.1/tcp/0' } }, 'addresses.listen', /a list of multiaddrs/],
    [{ addresses: { announceFilter: 'x' } }, 'addresses.announceFilter', /a function/],
    [{ connectionManager: { bogus: 1 } }, 'connectionManager.bogus', /unknown/],
    [
      { connectionManager: { maxDialQueueLenght: 1 } },
      'connectionManager.maxDialQueueLenght',
      /did you mean/
    ],
    [{ connectionManager: 'x' }, 'connectionManager', /an object/],
    [{ connectionMonitor: { bogus: 1 } }, 'connectionMonitor.bogus', /unknown/],
    [{ transportManager: { bogus: 1 } }, 'transportManager.bogus', /unknown/],
    [{ peerStore: { bogus: 1 } }, 'peerStore.bogus', /unknown/],
    [{ nodeInfo: { bogus: 1 } }, 'nodeInfo.bogus', /unknown/],
    [{ connectionGater: () => true }, 'connectionGater', /an object, got a function/],
    [{ connectionGater: { denyDialPeers: get } }, 'connectionGater.denyDialPeers', /"denyDialPeer"/],
    [{ connectionGater: new Misspelt() }, 'connectionGater.denyDialPeers', /"denyDialPeer"/],
    [
      { connectionGater: { denyInboundConnection: true } },
      'connectionGater.denyInboundConnection',
      /a function/
    ]
  ] as Array<[never, string, RegExp]>) {
    it(`are refused: ${option} ${message.source}`, async () => {
      await assert.rejects(userLibp2pOptions(parseConfig({}), given), {
        name: 'Libp2pOptionsError',
        option,
        message
      })
    })
  }

  it('are not those that are left out, nor a gater with members of its own', async () => {
    class Gater {
      readonly denied = new Set()

      denyDialPeer(peer: unknown): boolean {
        return this.isDenied(peer)
      }

      isDenied(peer: unknown): boolean {
        return this.denied.has(peer)
      }
    }

    const options = { connectionGater: new Gater(), connectionManager: undefined, addresses: {} }

    assert.equal(await userLibp2pOptions(parseConfig({}), options), options)
  })
})

describe('options of libp2p in the configuration', () => {
  it('are left to libp2p unless they are given', async () => {
    assert.deepEqual(await plainLibp2pOptions(parseConfig({})), {
      nodeInfo: {},
      connectionManager: {},
      connectionMonitor: {},
      peerStore: {},
      transportManager: {}
    })
  })

  it('have the names of libp2p', async () => {
    const options = await plainLibp2pOptions(
      parseConfig({
        libp2p: {
          connectionManager: { addressDialTimeout: '3s', maxDialQueueLength: 9 },
          peerStore: { maxPeerAge: '1h' },
          transportManager: { faultTolerance: 'no-fatal' },
          connectionMonitor: { enabled: false }
        }
      })
    )

    assert.partialDeepStrictEqual(options, {
      connectionManager: { addressDialTimeout: 3_000, maxDialQueueLength: 9 },
      peerStore: { maxPeerAge: 3_600_000 },
      transportManager: { faultTolerance: FaultTolerance.NO_FATAL },
      connectionMonitor: { enabled: false }
    })
  })

  it('read the key of a private network, and say what is wrong with it', async () => {
    const good = await file('swarm.key', `/key/swarm/psk/1.0.0/\n/base16/\n${'ab'.repeat(32)}`)
    const bad = await file('bad.key', 'hello')
    const options = await plainLibp2pOptions(parseConfig({ libp2p: { swarmKey: good } }))

    assert.ok(options.connectionProtector != null)

    for (const swarmKey of [bad, join(directory, 'missing.key')]) {
      await assert.rejects(plainLibp2pOptions(parseConfig({ libp2p: { swarmKey } })), {
        name: 'Libp2pOptionsError',
        option: 'swarmKey'
      })
    }
  })
})

describe('addresses of transports that the user brings', () => {
  const listen = ['/ip4/127.0.0.1/udp/0/webrtc-direct', '/ip4/127.0.0.1/tcp/0/tls/ws']

  it('are refused without options of libp2p', () => {
    assert.throws(() => parseConfig({ listen }), {
      name: 'ConfigError',
      message: /listen\[0\].*\n.*listen\[1\]/
    })
    assert.throws(() => parseConfig({ transports: [] }), { name: 'ConfigError', message: /libp2p\.module/ })
    assert.throws(() => parseConfig({ encryption: [] }), { name: 'ConfigError', message: /libp2p\.module/ })
  })

  it('are taken with them', () => {
    const open = { transports: [], encryption: [], listen: [...listen] }

    assert.deepEqual(parseConfig(open, { libp2p: true }).listen, listen)
    assert.deepEqual(parseConfig({ ...open, libp2p: { module: 'x.mjs' } }).listen, listen)
  })
})

describe('the identity that the user gives', () => {
  it('is the key of the node, and is kept in its data directory', async () => {
    const privateKey = await generateKeyPair('Ed25519')
    const dataDir = join(directory, 'kept')
    const first = await createNode({ ...LISTEN, dataDir }, { libp2p: { privateKey } })

    await first.stop()

    const second = await createNode({ ...LISTEN, dataDir })

    await second.stop()
    assert.equal(first.peerId.publicKey?.equals(privateKey.publicKey), true)
    assert.ok(second.peerId.equals(first.peerId))
    await assert.rejects(
      createNode({ ...LISTEN, dataDir }, { libp2p: { privateKey: await generateKeyPair('Ed25519') } }),
      { name: 'OtherKeyError' }
    )

    // the failure has let go of the directory
    const third = await createNode({ ...LISTEN, dataDir }, { libp2p: { privateKey } })

    await third.stop()
  })

  it('is refused where it does not suit', async () => {
    const rsa = await generateKeyPair('RSA', 2048)
    const secp = await generateKeyPair('secp256k1')
    const logger = defaultLogger()

    for (const [config, options, given, option] of [
      [{}, { privateKey: rsa }, undefined, 'privateKey'],
      [{ dataDir: directory }, { privateKey: secp }, undefined, 'privateKey'],
      [{ metrics: { enabled: true } }, { metrics: () => ({}) as never }, undefined, 'metrics'],
      [{}, { logger }, logger, 'logger']
    ] as const) {
      assert.throws(() => userIdentity(parseConfig(config), options, given), {
        name: 'Libp2pOptionsError',
        option
      })
    }

    assert.equal(userIdentity(parseConfig({}), { privateKey: secp }, logger).privateKey, secp)
  })

  it('may keep its records in a datastore of its own', async () => {
    const datastore = new MemoryDatastore()
    const node = await createNode(LISTEN, { libp2p: { datastore } })

    await node.nebula.addToBlacklist('203.0.113.7')
    await node.stop()

    const keys: string[] = []

    for await (const key of datastore.queryKeys({})) {
      keys.push(key.toString())
    }

    assert.ok(keys.length > 0)
  })
})
