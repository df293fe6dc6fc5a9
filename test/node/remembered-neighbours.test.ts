import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createNode } from '../../src/node/index.ts'
import { until } from '../support/overlay-nodes.ts'
import type { ConfigInput } from '../../src/config/index.ts'
import type { NebulaNode } from '../../src/node/index.ts'

const alone: ConfigInput = { listen: ['/ip4/127.0.0.1/tcp/0'], mdns: { enabled: false } }

function linked(node: NebulaNode, other: NebulaNode): boolean {
  return node.nebula.link(other.peerId)?.direct === true
}

async function link(node: NebulaNode, other: NebulaNode, direct = true): Promise<void> {
  await node.nebula.connect(other.libp2p.getMultiaddrs(), { direct })
  await until('both have the link', () => other.nebula.link(node.peerId)?.direct === direct)
}

describe('neighbours over a restart', () => {
  let directory: string
  let other: NebulaNode
  let staying: NebulaNode

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nebula-remembered-'))
    ;[other, staying] = await Promise.all([createNode(alone), createNode(alone)])
  })

  after(async () => {
    await Promise.all([other.stop(), staying.stop()])
    await rm(directory, { recursive: true })
  })

  /** Links with both, does something, restarts, and returns the node once it has its link with the one that stays. */
  async function restarted(
    name: string,
    run: (node: NebulaNode) => Promise<void>,
    config: ConfigInput = {}
  ): Promise<NebulaNode> {
    const input = { ...alone, ...config, dataDir: join(directory, name) }
    const first = await createNode(input)

    await link(first, staying)
    await run(first)
    await first.stop()
    await until('the others saw the end', () =>
      [other, staying].every((each) => each.nebula.link(first.peerId) == null)
    )

    return createNode(input)
  }

  it('are linked directly again, without LAN and configuration', async () => {
    const node = await restarted('again', async (first) => link(first, other))

    try {
      await until('both links', () => linked(node, staying) && linked(node, other))
      assert.deepEqual(
        node.nebula.links().map(({ direct, direction }) => ({ direct, direction })),
        [1, 2].map(() => ({ direct: true, direction: 'outbound' }))
      )
    } finally {
      await node.stop()
    }
  })

  it('are linked again after a second restart, with the node at another port', async () => {
    const node = await restarted('twice', async (first) => link(other, first))

    await until('both links', () => linked(node, staying) && linked(node, other))
    await node.stop()

    const again = await createNode({ ...alone, dataDir: join(directory, 'twice') })

    try {
      await until('both links again', () => linked(again, staying) && linked(again, other))
    } finally {
      await again.stop()
    }
  })

  const forgotten: Array<[string, (first: NebulaNode) => Promise<void>]> = [
    [
      'that was disconnected',
      async (first) => {
        await link(first, other)
        await first.nebula.disconnect(other.peerId, { restrict: false })
      }
    ],
    [
      'that has disconnected',
      async (first) => {
        await link(first, other)
        await other.nebula.disconnect(first.peerId, { restrict: false })
        await until('the end', () => first.nebula.link(other.peerId) == null)
      }
    ],
    [
      'that was banned, though it is forgiven',
      async (first) => {
        await link(first, other)
        await first.nebula.addToBlacklist(other.peerId)
        await first.nebula.removeFromBlacklist(other.peerId)
      }
    ],
    [
      'that is none any more',
      async (first) => {
        await link(first, other)
        await first.nebula.setDirect(other.peerId, false)
      }
    ],
    ['that was only linked undirectedly', async (first) => link(first, other, false)]
  ]

  for (const [index, [what, run]] of forgotten.entries()) {
    it(`leave out one ${what}`, async () => {
      const node = await restarted(`forgotten-${index}`, run)

      try {
        await until('the link that stays', () => linked(node, staying))
        // whom the joiner would dial now or later
        assert.deepEqual(node.nebula.runReconnections(), [])
        assert.deepEqual(node.nebula.peers().map(String), [staying.peerId.toString()])
      } finally {
        await node.stop()
      }
    })
  }

  it('leave out one that was disconnected after the restart, and is not dialled again', async () => {
    const node = await restarted('later', async (first) => link(first, other))

    try {
      await until('both links', () => linked(node, staying) && linked(node, other))
      await node.nebula.disconnect(other.peerId, { restrict: false })
      assert.deepEqual(node.nebula.runReconnections(), [])
    } finally {
      await node.stop()
    }
  })

  it('leave out one that was given up', async () => {
    const lost = await createNode({ ...alone, links: { redialRounds: 0 } })
    const node = await restarted(
      'given-up',
      async (first) => {
        await link(first, lost)
        lost.libp2p.getConnections(first.peerId).forEach((each) => each.abort(new Error('cable pulled')))
        await until('it is dialled later', () => first.nebula.redialling(lost.peerId))
        assert.equal(first.nebula.terminateFailedReconnection(lost.peerId), true)
      },
      { links: { redialDelay: '1h', maxRedialDelay: '1h' } }
    )

    try {
      await until('the link that stays', () => linked(node, staying))
      assert.deepEqual(node.nebula.runReconnections(), [])
    } finally {
      await Promise.all([node.stop(), lost.stop()])
    }
  })

  it('are not dialled with links.remember off, and are not lost by it', async () => {
    const dataDir = join(directory, 'off')
    const off = { ...alone, dataDir, links: { remember: false } }
    const first = await createNode({ ...alone, dataDir })

    await link(first, staying)
    await first.stop()

    const second = await createNode(off)

    assert.deepEqual(second.nebula.runReconnections(), [])
    assert.deepEqual(second.nebula.links(), [])
    await second.stop()

    const third = await createNode({ ...alone, dataDir })

    try {
      await until('the link', () => linked(third, staying))
    } finally {
      await third.stop()
    }
  })
})
