import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { multiaddr } from '@multiformats/multiaddr'
import { createNode } from '../../src/node/index.ts'
import { until } from '../support/overlay-nodes.ts'
import type { NebulaNode } from '../../src/node/index.ts'
import type { TestContext } from 'node:test'

/** Longer than the longest wait between two attempts. */
const BACK_MS = 60_000

const PLAIN = { federation: 'test', mdns: { enabled: false } }

/** A relay that keeps its PeerId and port, and is up at first. */
class Relay {
  readonly #dataDir: string
  #port = 0
  #node?: NebulaNode

  constructor(dataDir: string) {
    this.#dataDir = dataDir
  }

  async start(): Promise<void> {
    this.#node = await createNode({
      ...PLAIN,
      proxy: true,
      dataDir: this.#dataDir,
      listen: [`/ip4/127.0.0.1/tcp/${this.#port}`]
    })
    this.#port = Number(this.address.split('/')[4])
  }

  async stop(): Promise<void> {
    await this.#node?.stop()
  }

  get address(): string {
    return String(this.#node?.libp2p.getMultiaddrs()[0])
  }
}

async function relay(t: TestContext): Promise<Relay> {
  const dataDir = await mkdtemp(join(tmpdir(), 'nebula-relay-'))
  const made = new Relay(dataDir)

  t.after(async () => {
    await made.stop()
    await rm(dataDir, { recursive: true })
  })
  await made.start()

  return made
}

async function start(t: TestContext, listen: string[]): Promise<NebulaNode> {
  const node = await createNode({ ...PLAIN, listen })

  t.after(async () => node.stop())

  return node
}

function isReserved(node: NebulaNode): boolean {
  return node.libp2p.getMultiaddrs().some((addr) => String(addr).includes('/p2p-circuit'))
}

/** The warnings of the node about its relays, as they are raised (true) and end (false). */
function told(node: NebulaNode): boolean[] {
  const events: boolean[] = []

  node.nebula.addEventListener('warning', ({ detail }) => {
    if (detail.code === 'relay-not-reserved') {
      events.push(true)
    }
  })
  node.nebula.addEventListener('warning:end', ({ detail }) => {
    if (detail.code === 'relay-not-reserved') {
      events.push(false)
    }
  })

  return events
}

/** Links with the node by way of the relay. */
async function assertReached(t: TestContext, node: NebulaNode, address: string): Promise<void> {
  const client = await start(t, [])

  await client.nebula.connect(multiaddr(`${address}/p2p-circuit/p2p/${node.peerId}`))
  assert.ok(client.nebula.link(node.peerId)?.remoteAddr.toString().includes('/p2p-circuit'))
}

describe('a relay of the configuration', () => {
  it('may be down when the node starts, and is reserved when it comes', async (t) => {
    const server = await relay(t)
    const { address } = server

    await server.stop()

    const node = await start(t, ['/ip4/127.0.0.1/tcp/0', `${address}/p2p-circuit`])
    const [warning] = node.nebula.warnings()

    assert.equal(isReserved(node), false)
    assert.equal(warning?.code, 'relay-not-reserved')
    assert.equal(warning.subject, `${address}/p2p-circuit`)
    assert.match(warning.message, /ECONNREFUSED/)

    const events = told(node)

    await server.start()
    await until('it is reserved', () => isReserved(node), BACK_MS)
    await until('the warning has ended', () => node.nebula.warnings().length === 0)
    assert.deepEqual(events, [false])
    await assertReached(t, node, address)
  })

  it('is reserved again when it was restarted, as often as that happens', async (t) => {
    const server = await relay(t)
    const { address } = server
    const node = await start(t, [`${address}/p2p-circuit`])
    const events = told(node)

    assert.equal(isReserved(node), true)
    assert.deepEqual(node.nebula.warnings(), [])

    for (let restarts = 1; restarts <= 2; restarts++) {
      await server.stop()
      await until('the node has told that it is gone', () => events.length === 2 * restarts - 1)
      assert.equal(isReserved(node), false)
      await server.start()
      await until('it is reserved', () => isReserved(node), BACK_MS)
      await until('the warning has ended', () => events.length === 2 * restarts)
    }

    assert.deepEqual(events, [true, false, true, false])
    await assertReached(t, node, address)
  })

  it("is kept with the user's own transport, too", async (t) => {
    const server = await relay(t)
    const { address } = server

    await server.stop()

    const node = await createNode(
      { ...PLAIN, transports: ['tcp'], listen: [`${address}/p2p-circuit`] },
      { libp2p: { transports: [circuitRelayTransport()] } }
    )

    t.after(async () => node.stop())
    await server.start()
    await until('it is reserved', () => isReserved(node), BACK_MS)
  })

  it('keeps no node from stopping while it is down', async (t) => {
    const server = await relay(t)
    const { address } = server

    await server.stop()

    const node = await createNode({ ...PLAIN, listen: [`${address}/p2p-circuit`] })

    await node.stop()
    assert.equal(node.libp2p.status, 'stopped')
  })
})
