import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { forwardedTypes, mayForward } from '../../src/forwarding/forward-policy.ts'
import { createMessage } from '../../src/messages/index.ts'
import { DEFINITIONS, MESSAGE_TYPES } from '../../src/messages/definitions.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { createOverlayNode, has, linkNodes, until, withNodes } from '../support/overlay-nodes.ts'
import { TestEngine } from '../support/test-engine.ts'
import { Messages } from './support/messages-of.ts'
import { addressOf } from './support/link-messages.ts'
import { RawPeer } from './support/raw-peer.ts'
import type { Message, MessageFields, MessageType } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const PAGE = new URL('../../protocols/message/README.md', import.meta.url)

interface Row {
  name: string
  effect: string
  passedOn: string
}

/** The rows of the specification's table. */
function rows(): Row[] {
  const [, section = ''] = readFileSync(PAGE, 'utf8').split('## What a message makes a node do')

  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [name = '', effect = '', passedOn = ''] = line
        .split('|')
        .slice(1)
        .map((cell) => cell.trim().replaceAll('`', ''))

      return { name, effect, passedOn }
    })
}

/** Every message there is, by its name in the table. */
const NAMES = new Map<string, [MessageType, string]>(
  MESSAGE_TYPES.flatMap((type) => {
    const { actions } = DEFINITIONS[type]

    return (actions.length === 0 ? [''] : actions).map((action) => [
      `${type} ${action}`.trim(),
      [type, action] satisfies [MessageType, string]
    ])
  })
)

function messageOf(name: string, fields: Partial<MessageFields[MessageType]> = {}): Message {
  const [type, action] = NAMES.get(name) ?? assert.fail(`there is no message ${name}`)

  return createMessage(type, action as never, fields as never)
}

/** A node that learns, a peer with an undirected link to it, and two more nodes. */
class Scene {
  readonly ours: OverlayNode
  readonly peer: OverlayNode
  readonly neighbour: OverlayNode
  readonly other: OverlayNode
  readonly atPeer: Messages
  readonly #closed: string[] = []
  readonly #raw: RawPeer
  #offers = 0
  #seqno = BigInt(Date.now()) * 1_000n

  private constructor([ours, peer, neighbour, other]: [OverlayNode, OverlayNode, OverlayNode, OverlayNode]) {
    this.ours = ours
    this.peer = peer
    this.neighbour = neighbour
    this.other = other
    this.atPeer = new Messages(peer)
    this.#raw = new RawPeer(peer, ours)
    ours.services.nebula.addEventListener('link:close', ({ detail }) => {
      this.#closed.push(detail.link.peer.toString())
    })
    peer.services.nebula.addEventListener('model:offer', () => this.#offers++)
  }

  static async run(test: (scene: Scene) => Promise<void>): Promise<void> {
    await withNodes(
      [
        createOverlayNode({ engine: new TestEngine() }),
        createOverlayNode(),
        createOverlayNode(),
        createOverlayNode()
      ] as const,
      async (...nodes: [OverlayNode, OverlayNode, OverlayNode, OverlayNode]) => {
        const scene = new Scene(nodes)

        await linkNodes(scene.peer, scene.ours, false)
        await linkNodes(scene.neighbour, scene.ours)
        await test(scene)
      }
    )
  }

  /** Sends the message as it is: this node's own `send` makes models of some. */
  async tell(message: Message): Promise<void> {
    await this.#raw.send(message, this.peer.peerId.toString(), { seqno: ++this.#seqno })
  }

  /** What has become of our node. */
  effects(): string[] {
    const { nebula } = this.ours.services
    const link = nebula.link(this.peer.peerId)
    const closed = (node: OverlayNode): boolean => this.#closed.includes(node.peerId.toString())
    const seen: Array<[string, boolean]> = [
      ['place', link?.location != null],
      ['ready', link?.ready === true],
      ['direct', link?.direct === true],
      ['goodbye', closed(this.peer)],
      ['offer', this.#offers > 0 || this.atPeer.names.includes('offer:offer_metric')],
      ['link', has(this.ours, this.other.peerId)],
      ['part', closed(this.other)]
    ]

    return seen.filter(([, holds]) => holds).map(([effect]) => effect)
  }

  /** The rounds that strategies see, by the neighbours they may send to. */
  async rounds(): Promise<Array<number | null>> {
    const rounds: Array<number | null> = []

    await this.ours.services.nebula.propagator.propagate({
      name: 'look',
      round: () => 0,
      isEligible: ({ round }) => {
        rounds.push(round)

        return false
      },
      prepare: async () => undefined
    })

    return rounds
  }

  opinionOf(peer: Awaited<ReturnType<typeof createPeerId>>): number {
    const { terms } = this.ours.services.nebula.explainScore(peer)

    return terms.find(({ name }) => name === 'opinion')?.contribution ?? 0
  }

  /** The metrics of the peer that our node knows of, without its having answered a question. */
  async noted(): Promise<number> {
    const { offers } = await this.ours.services.nebula.lateJoin({
      type: 'discover_nodes',
      addrs: [this.peer.peerId],
      offerTimeout: 50,
      selectCandidates: () => []
    })

    return offers.length
  }
}

/** What shows the effect of a message, by the word of the table; resolves once it is there. */
const SHOWN: Record<string, (name: string) => Promise<void>> = {
  round: async (name) =>
    Scene.run(async (scene) => {
      await scene.peer.services.nebula.setDirect(scene.ours.peerId, true)
      assert.deepEqual(await scene.rounds(), [null, null])
      await scene.tell(messageOf(name, { round: 7 }))

      while (!(await scene.rounds()).includes(7)) {
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
    }),
  opinion: async (name) =>
    Scene.run(async (scene) => {
      const about = await createPeerId()
      const opinion = messageOf(name, { nodeId: about.toString(), score: 0 })

      await scene.tell(opinion)
      assert.equal(scene.opinionOf(about), 0)
      // of a neighbour, and then of two
      await scene.peer.services.nebula.setDirect(scene.ours.peerId, true)
      await scene.tell(messageOf(name, { nodeId: about.toString(), score: 0.01 }))
      await scene.neighbour.services.nebula.send(scene.ours.peerId, opinion)
      await until('the opinion counts', () => scene.opinionOf(about) < 0)
    }),
  noted: async (name) =>
    Scene.run(async (scene) => {
      assert.equal(await scene.noted(), 0)
      await scene.tell(messageOf(name))

      while ((await scene.noted()) === 0) {
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
    }),
  link: async (name) =>
    Scene.run(async (scene) => {
      await scene.tell(messageOf(name, { addrs: addressOf(scene.other) }))
      await until('the link', () => scene.effects().includes('link'))
      assert.equal(scene.ours.services.nebula.link(scene.other.peerId)?.direct, true)
    }),
  part: async (name) =>
    Scene.run(async (scene) => {
      await scene.tell(messageOf('link connect_to', { addrs: addressOf(scene.other) }))
      await until('the link', () => scene.effects().includes('link'))
      await scene.tell(messageOf(name, { addrs: String(scene.other.peerId) }))
      await until('its end', () => scene.effects().includes('part'))
    }),
  ...Object.fromEntries(
    ['place', 'ready', 'direct', 'goodbye', 'offer'].map((effect) => [
      effect,
      async (name: string) =>
        Scene.run(async (scene) => {
          assert.deepEqual(scene.effects(), [])
          await scene.tell(messageOf(name))
          await until(effect, () => scene.effects().length > 0)
          assert.deepEqual(scene.effects(), [effect])
        })
    ])
  )
}

describe('what a message makes a node do', () => {
  it('is said of each type and action, once', () => {
    assert.deepEqual(
      rows().map(({ name }) => name),
      [...NAMES.keys()]
    )
  })

  it('is one of the effects that are shown here, and all of these are', () => {
    const effects = new Set(rows().map(({ effect }) => effect))

    assert.deepEqual([...effects].sort(), [...Object.keys(SHOWN), 'none'].sort())
  })

  for (const { name, effect } of rows().filter((row) => row.effect !== 'none')) {
    it(`is with ${name}: ${effect}`, async () => {
      await SHOWN[effect]?.(name)
    })
  }

  it('is nothing where the table says so', async () => {
    await Scene.run(async (scene) => {
      const messages = new Messages(scene.ours)
      const silent = rows().filter(({ effect }) => effect === 'none')

      await scene.peer.services.nebula.setDirect(scene.ours.peerId, true)

      for (const { name } of silent) {
        const fields = name === 'model' ? { round: 3 } : {}

        await scene.tell(messageOf(name, fields))
      }

      await messages.reach(silent.length)
      // what an engine is asked is answered later than this, so something that takes as long follows
      await scene.tell(messageOf('discover discover_nodes'))
      await until('the answer', () => scene.effects().includes('offer'))
      assert.deepEqual(scene.effects(), ['direct', 'offer'])
      assert.deepEqual(await scene.rounds(), [null, null])
      assert.equal(await scene.noted(), 0)
      assert.deepEqual(
        scene.atPeer.names.filter((name) => name !== 'discover:discover_nodes'),
        ['offer:offer_metric']
      )
    })
  })

  it('is passing on, as the table says', () => {
    for (const { name, passedOn } of rows()) {
      const message = messageOf(name, name === 'model' ? { round: -1 } : {})
      const state = { types: forwardedTypes(), centralised: false, hops: 0, maxHops: 16 }
      const by = [false, true].map((proxy) => mayForward(message, { ...state, proxy }))

      assert.equal(passedOn, by[0] === true ? 'every node' : by[1] === true ? 'proxies' : 'no node', name)
    }
  })
})
