import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createNode } from '../../src/node/index.ts'
import { until } from '../support/overlay-nodes.ts'
import { TestEngine } from '../support/test-engine.ts'
import { Uses } from './uses.ts'
import type { ConfigInput } from '../../src/config/index.ts'
import type { Engine, Nebula } from '../../src/index.ts'
import type { NebulaNode } from '../../src/node/index.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface StartOptions {
  /** @default true */
  start?: boolean
  /** @default a TestEngine */
  engine?: Engine
}

/** One node of the federation, whose uses are noted. */
export class Member {
  /** What the test does with it is noted. */
  readonly node: NebulaNode
  readonly peerId: PeerId
  readonly #raw: NebulaNode

  constructor(raw: NebulaNode, uses: Uses) {
    this.#raw = raw
    this.node = uses.watch('node', raw)
    this.peerId = raw.peerId
  }

  get overlay(): Nebula {
    return this.node.nebula
  }

  /** As the helpers for nodes of libp2p take them. */
  get services(): { nebula: Nebula } {
    return { nebula: this.overlay }
  }

  get addrs(): Multiaddr[] {
    return this.#raw.libp2p.getMultiaddrs()
  }

  linkedWith(other: Member): boolean {
    return this.#raw.nebula.link(other.peerId) != null
  }

  /** Ends the connections with the other node as a pulled cable would. */
  loseConnections(other: Member): void {
    for (const connection of this.#raw.libp2p.getConnections(other.peerId)) {
      connection.abort(new Error('cable pulled'))
    }
  }

  async stop(): Promise<void> {
    if (this.#raw.libp2p.status !== 'stopped') {
      await this.#raw.stop()
    }
  }
}

interface Members {
  alice: Member
  bob: Member
  carol: Member
  dave: Member
  erin: Member
}

/**
 * A running federation on loopback: alice has direct links with bob and dave,
 * and an undirected one with carol. Dave is a proxy, and erin's only neighbour.
 */
export class Federation {
  readonly uses: Uses
  readonly alice: Member
  readonly bob: Member
  readonly carol: Member
  readonly dave: Member
  readonly erin: Member
  readonly #base: ConfigInput
  readonly #lanPort: number
  readonly #newcomers: Member[] = []

  private constructor(base: ConfigInput, uses: Uses, members: Members, lanPort: number) {
    this.#base = base
    this.uses = uses
    this.alice = members.alice
    this.bob = members.bob
    this.carol = members.carol
    this.dave = members.dave
    this.erin = members.erin
    this.#lanPort = lanPort
  }

  static async start(): Promise<Federation> {
    const uses = new Uses()
    const base: ConfigInput = {
      federation: `reference-${randomInt(1e9)}`,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      mdns: { enabled: false },
      // the undirected links of the federation outlast all checks
      links: { inactivityTimeout: '1h' }
    }
    const [alice, bob, carol, dave, erin] = await Promise.all([
      startMember(uses, base),
      startMember(uses, base),
      startMember(uses, base),
      startMember(uses, { ...base, proxy: true }),
      startMember(uses, base)
    ])
    const federation = new Federation(base, uses, { alice, bob, carol, dave, erin }, await freeUdpPort())

    await link(alice, bob)
    await link(alice, carol, false)
    await link(alice, dave)
    await link(dave, erin)

    return federation
  }

  /** What a node needs in its configuration to find others of this federation on a LAN, which is the loopback interface. */
  get lan(): ConfigInput {
    return {
      mdns: { enabled: true, interfaces: ['127.0.0.0/8'], port: this.#lanPort, interval: 500 },
      joining: { auto: false }
    }
  }

  /** A node of the federation that runs until the check ends; its configuration and `createNode` count as used. */
  async newcomer(config: ConfigInput = {}, options: StartOptions = {}): Promise<Member> {
    this.uses.addKeys(config)
    this.uses.add('createNode()')

    const member = await startMember(this.uses, { ...this.#base, ...config }, options)

    this.#newcomers.push(member)

    return member
  }

  /** Runs a check, stops the newcomers, and returns what was used. */
  async run(check: (federation: Federation) => Promise<void>): Promise<Uses> {
    this.uses.clear()

    try {
      await check(this)
    } finally {
      await Promise.all(this.#newcomers.splice(0).map(async (member) => member.stop()))
    }

    return this.uses
  }

  async stop(): Promise<void> {
    const { alice, bob, carol, dave, erin } = this

    await Promise.all([alice, bob, carol, dave, erin].map(async (member) => member.stop()))
  }
}

/** Makes a link, which both know of when this resolves. */
export async function link(from: Member, to: Member, direct = true): Promise<void> {
  await from.overlay.connect(to.addrs, { direct })
  await until('both have the link', () => to.linkedWith(from))
}

async function startMember(
  uses: Uses,
  config: ConfigInput,
  { start = true, engine = new TestEngine() }: StartOptions = {}
): Promise<Member> {
  return new Member(await createNode(config, { start, engine: uses.watch('engine', engine) }), uses)
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')

  await once(socket, 'listening')

  const { port } = socket.address()

  socket.close()
  await once(socket, 'close')

  return port
}
