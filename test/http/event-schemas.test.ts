import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { systemClock } from '../../src/lib/clock.ts'
import { MIN_CHUNK_BYTES } from '../../protocols/model/limits.ts'
import { JsonReporter } from '../../src/cli/commands/start/json-reporter.ts'
import { EVENT_NAMES, jsonLine, watchEvents } from '../../src/http/event-json.ts'
import { EVENT_SCHEMAS, EventSchema, LIBRARY_EVENTS } from '../../src/http/event-schemas.ts'
import { eventsReference } from '../../src/http/events-reference.ts'
import { createMessage } from '../../src/messages/index.ts'
import { DEFINITIONS, MESSAGE_TYPES } from '../../src/messages/definitions.ts'
import { ReferenceController } from '../controller/reference-controller.ts'
import { RawPeer } from '../messages/support/raw-peer.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { assertFits } from '../support/event-fits.ts'
import {
  createOverlayNode,
  createStockNode,
  linkNodes,
  next,
  until,
  withNodes
} from '../support/overlay-nodes.ts'
import type { EventJson, NamedEventJson } from '../../src/http/event-json.ts'
import type { Message, NebulaInit } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

/** What only a LAN gives: the tests of the LAN check what their processes print. */
const ON_A_LAN = new Set(['peer:found'])

/** Collects a node's events as a program reads them, and checks each. */
class Lines {
  readonly names = new Set<string>()
  readonly end: () => void

  constructor(node: OverlayNode) {
    this.end = watchEvents(node.services.nebula, systemClock, (event) => {
      const line = JSON.parse(jsonLine(event)) as EventJson

      assertFits(line)
      this.names.add(line.event)
    })
  }
}

/** One of each type and action that goes as a message, with values that JSON has to write differently. */
function everyMessage(): Message[] {
  const names = MESSAGE_TYPES.filter((type) => type !== 'model').flatMap((type) => {
    const { actions } = DEFINITIONS[type]

    return (actions.length === 0 ? [''] : actions).map((action) => [type, action] as const)
  })

  return [
    ...names
      .filter(([, action]) => action !== 'offer_model' && action !== 'disconnect')
      .map(([type, action]) => createMessage(type, action as never)),
    createMessage('offer', 'offer_metric', { loss: Infinity, parameters: randomBytes(10) }),
    createMessage('offer', 'offer_metric', { parameters: randomBytes(2_000) })
  ]
}

/** Events that the overlay does not raise. */
const OF_THE_API = ['ready', 'dropped', 'missed', 'neighbour:request']

describe('the schemas of the events', () => {
  it('are one for each event that has a JSON form', () => {
    assert.deepEqual(Object.keys(EVENT_SCHEMAS).sort(), [...EVENT_NAMES, ...OF_THE_API].sort())
    assert.deepEqual(
      EVENT_NAMES.filter((name) => name in LIBRARY_EVENTS),
      []
    )
  })

  it('refuse fields that are not documented, and an event without one that is', () => {
    const event = { event: 'peer:recovered', time: 1, peer: 'a', score: -1 }

    assert.ok(EventSchema.safeParse(event).success)
    assert.ok(!EventSchema.safeParse({ ...event, more: 1 }).success)
    assert.ok(!EventSchema.safeParse({ ...event, score: undefined }).success)
    assert.ok(!EventSchema.safeParse({ ...event, event: 'peer:unknown' }).success)
  })

  it('give each event a section, and each field a meaning', () => {
    const page = eventsReference()

    for (const name of Object.keys(EVENT_SCHEMAS)) {
      assert.ok(page.includes(`## \`${name}\`\n`), name)
    }

    const [fields = ''] = page.split('## Messages')

    assert.deepEqual(
      fields.split('\n').filter((line) => /\|\s*\|$/.test(line)),
      []
    )
  })

  it('fit what the command says when it drops lines', async () => {
    const lines: string[] = []
    const output = { write: (text: string) => lines.push(text), writableLength: 100 }
    const reporter = new JsonReporter(output, output, { maxWaitingLength: 10 })

    reporter.event({ event: 'federation:ready', time: 1, neighbours: [] })
    reporter.stop()

    const dropped = JSON.parse(lines.at(-1) ?? '') as NamedEventJson<'dropped'>

    assert.equal(dropped.event, 'dropped')
    assertFits(dropped)
  })

  it('fit every event of real nodes', async () => {
    const dead = multiaddr(`/ip4/127.0.0.1/tcp/1/p2p/${String(await createPeerId())}`)
    const controller = await ReferenceController.listen(1)
    const { port } = controller
    const fast: NebulaInit = {
      direct: [dead],
      controller: { url: `http://${controller.address}`, pollInterval: 50 },
      links: { redialDelay: 50, maxRedialDelay: 200 },
      models: { chunkSize: MIN_CHUNK_BYTES, stallTimeout: 100 },
      score: { sweepInterval: 50, terms: { duplicates: { halfLife: 3_000, threshold: 1 } } }
    }

    // it is not there at first
    await controller.close()
    await withNodes(
      [createOverlayNode(fast), createOverlayNode(fast), createStockNode()],
      async (a: OverlayNode, b: OverlayNode, stock: Libp2p) => {
        const seen = [a, b].map((node) => new Lines(node))
        const [first, second] = [a.services.nebula, b.services.nebula]

        await linkNodes(a, b)
        await first.setDirect(b.peerId, false)
        await first.setDirect(b.peerId, true)

        // the neighbours are ready when both have said so
        const ready = next(a, 'federation:ready')

        await second.send(a.peerId, createMessage('federation', 'federation_ready'))
        await ready

        for (const message of everyMessage()) {
          await first.send(b.peerId, message)
        }

        await sendModels(a, b)

        const again = next(a, 'link:open')

        a.getConnections(b.peerId).forEach((connection) => connection.abort(new Error('cable pulled')))
        await again
        await graylist(stock, a)

        await first.disconnect(b.peerId)
        await first.addToBlacklist(await createPeerId())
        await followController(a, port)
        await until('all of them', () =>
          EVENT_NAMES.every((name) => ON_A_LAN.has(name) || seen.some(({ names }) => names.has(name)))
        ).catch((error: Error) => {
          const missing = EVENT_NAMES.filter((name) => !seen.some(({ names }) => names.has(name)))

          throw new Error(`not told: ${missing.join()}`, { cause: error })
        })
        seen.forEach(({ end }) => end())
      }
    )
  })
})

/** Registers with a controller that is started only after it was missed. */
async function followController({ services: { nebula } }: OverlayNode, port: number): Promise<void> {
  const warned = Promise.withResolvers<void>()

  nebula.addEventListener('warning', () => warned.resolve(), { once: true })

  const registered = nebula.register({ retry: true })

  await warned.promise

  const controller = await ReferenceController.listen(1, port)

  try {
    await registered
    await nebula.waitForController()
  } finally {
    await controller.close()
  }
}

/** The initial model, one of a round, an offer, and one that is given up. */
async function sendModels(a: OverlayNode, b: OverlayNode): Promise<void> {
  const { nebula } = a.services

  for (const round of [-1, 3]) {
    await nebula.sendModel([b.peerId], { payload: randomBytes(1_000), round, weight: 2n ** 60n })
  }

  await nebula.send(
    b.peerId,
    createMessage('offer', 'offer_model', { parameters: randomBytes(1_000), loss: Infinity })
  )

  const controller = new AbortController()
  const failed = next(b, 'model:failed')

  await assert.rejects(
    nebula.sendModel(
      [b.peerId],
      { payload: randomBytes(20 * 1_048_576), round: 4, encoding: 'none' },
      { signal: controller.signal, onProgress: () => controller.abort() }
    )
  )
  await failed
}

/** A peer that repeats itself until it is ignored, and then no longer does. */
async function graylist(stock: Libp2p, ours: OverlayNode): Promise<void> {
  const raw = new RawPeer(stock, ours)
  const recovered = next(ours, 'peer:recovered')

  await raw.link()

  for (let i = 0; i < 11; i++) {
    await raw.send(createMessage('federation', 'federation_ready', { round: 7 }))
  }

  await recovered
}
