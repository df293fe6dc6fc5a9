import { nebula_handshake as pb } from '../../../../proto/handshake.js'
import {
  createOverlayNode,
  linkNodes,
  next,
  RawHandshake,
  rawHello,
  withNodes
} from '../../../support/overlay-nodes.ts'
import { TestEngine } from '../../../support/test-engine.ts'
import type { NebulaInit, PropagationResult, ReceivedModel } from '../../../../src/index.ts'
import type { OverlayNode } from '../../../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

/** A node with an engine, and three neighbours of it. */
export async function surrounded(
  run: (
    node: OverlayNode,
    engine: TestEngine,
    neighbours: [OverlayNode, OverlayNode, OverlayNode]
  ) => Promise<void>,
  init: NebulaInit = {}
): Promise<void> {
  const engine = new TestEngine()

  await withNodes(
    [
      createOverlayNode({ engine, propagation: { interval: 10, historySize: 3 }, ...init }),
      createOverlayNode(),
      createOverlayNode(),
      createOverlayNode()
    ],
    async (node: OverlayNode, a: OverlayNode, b: OverlayNode, c: OverlayNode) => {
      for (const other of [a, b, c]) {
        await linkNodes(node, other)
      }

      await run(node, engine, [a, b, c])
    }
  )
}

/** The models that a node gets from now on. */
export function modelsOf(node: OverlayNode): ReceivedModel[] {
  const models: ReceivedModel[] = []

  for (const type of ['model:initialization', 'model:update'] as const) {
    node.services.nebula.addEventListener(type, ({ detail }) => models.push(detail))
  }

  return models
}

export function counts({ sent, failed, skipped }: PropagationResult): [number, number, number] {
  return [sent.length, failed.length, skipped.length]
}

/** A peer that makes links and takes no models. */
export async function linkMute(node: OverlayNode, mute: Libp2p): Promise<void> {
  await mute.handle('/nebula/handshake/1.0.0', async (stream) => {
    const remote = new RawHandshake(stream)

    await remote.read()
    await remote.send({
      welcome: {
        status: pb.Status.NEW,
        reason: pb.Reason.UNSPECIFIED,
        attempt: 0n,
        direct: true,
        node: rawHello().hello.node
      }
    })
  })
  await node.services.nebula.connect(mute.getMultiaddrs())
}

export async function say(
  from: OverlayNode,
  to: OverlayNode,
  action: 'federation_ready' | 'federation_models_included',
  round = 0
) {
  const { nebula } = from.services
  const heard = next(to, `message:federation:${action}`, ({ source }) => source.equals(from.peerId))

  await nebula.send(to.peerId, nebula.createMessage('federation', action, { round }))
  await heard
}
