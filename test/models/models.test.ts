import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createOverlayNode, next, until, withNodes } from '../support/overlay-nodes.ts'
import { MIN_CHUNK_BYTES } from '../../protocols/model/limits.ts'
import type { NebulaInit, ReceivedModel } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const SMALL_CHUNKS: NebulaInit = { models: { chunkSize: MIN_CHUNK_BYTES } }

async function link(a: OverlayNode, b: OverlayNode): Promise<void> {
  const opened = next(b, 'link:open', ({ peer }) => peer.equals(a.peerId))

  await a.services.nebula.connect(b.getMultiaddrs())
  await opened
}

describe('models', () => {
  it('sends bytes to a neighbour, who gets them with what the origin says of them', async () => {
    await withNodes([createOverlayNode(SMALL_CHUNKS), createOverlayNode()] as const, async (a, b) => {
      await link(a, b)

      const payload = randomBytes(300_000)
      const received = next(b, 'model:update')
      const deliveries = await a.services.nebula.sendModel([b.peerId], { payload, round: 3, weight: 40n })
      const model = await received

      assert.deepEqual(
        deliveries.map(({ peer, outcome }) => ({ peer: peer.toString(), outcome })),
        [{ peer: b.peerId.toString(), outcome: 'delivered' }]
      )
      assert.equal(model.round, 3)
      assert.equal(model.weight, 40n)
      assert.ok(model.source.equals(a.peerId))
      assert.ok(model.from.equals(a.peerId))
      assert.equal(model.size, payload.byteLength)
      assert.deepEqual(Buffer.from(await model.bytes()), payload)
    })
  })

  it('sends a file, and saves what it gets to a file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nebula-models-'))

    try {
      await withNodes([createOverlayNode(), createOverlayNode()] as const, async (a, b) => {
        await link(a, b)

        const payload = randomBytes(400_000)
        const received = next(b, 'model:update')

        await writeFile(join(directory, 'in'), payload)
        await a.services.nebula.sendModel([b.peerId], { payload: { path: join(directory, 'in') }, round: 0 })
        await (await received).saveTo(join(directory, 'out'))
        assert.deepEqual(await readFile(join(directory, 'out')), payload)
      })
    } finally {
      await rm(directory, { recursive: true })
    }
  })

  it('lets the first model flow through every node, and no other', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode(), createOverlayNode()] as const,
      async (a, b, c) => {
        await link(a, b)
        await link(b, c)

        const payload = randomBytes(100_000)
        const atC = next(c, 'model:initialization')
        const rounds: number[] = []

        c.services.nebula.addEventListener('model:update', ({ detail }) => rounds.push(detail.round))
        await a.services.nebula.sendModel([b.peerId], { payload, round: 1 })
        await a.services.nebula.sendModel([b.peerId], { payload, round: -1 })

        const model = await atC

        assert.ok(model.source.equals(a.peerId))
        assert.ok(model.from.equals(b.peerId))
        assert.deepEqual(Buffer.from(await model.bytes()), payload)
        assert.deepEqual(rounds, [])
      }
    )
  })

  it('is passed on by a proxy whatever its round', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode({ proxy: true }), createOverlayNode()] as const,
      async (a, b, c) => {
        await link(a, b)
        await link(b, c)

        const atC = next(c, 'model:update')

        await a.services.nebula.sendModel([b.peerId], { payload: randomBytes(1_000), round: 7 })
        assert.equal((await atC).round, 7)
      }
    )
  })

  it('is not passed on in a centralised federation', async () => {
    await withNodes(
      [
        createOverlayNode(),
        createOverlayNode({ forwarding: { centralised: true } }),
        createOverlayNode()
      ] as const,
      async (a, b, c) => {
        await link(a, b)
        await link(b, c)

        const seen: ReceivedModel[] = []
        const atB = next(b, 'model:initialization')

        c.services.nebula.addEventListener('model:begin', ({ detail }) => seen.push(detail))
        await a.services.nebula.sendModel([b.peerId], { payload: randomBytes(1_000), round: -1 })
        await atB
        // what b sends afterwards comes after what it would have passed on
        const alive = next(c, 'message:control:alive')

        await b.services.nebula.send(c.peerId, b.services.nebula.createMessage('control', 'alive'))
        await alive
        assert.deepEqual(seen, [])
      }
    )
  })

  it('offers the first model to a neighbour that comes late', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode(), createOverlayNode()] as const,
      async (a, b, c) => {
        await link(a, b)

        const atB = next(b, 'model:initialization')

        await a.services.nebula.sendModel([b.peerId], { payload: randomBytes(1_000), round: -1 })
        await atB

        const atC = next(c, 'model:initialization')

        await link(b, c)
        assert.ok((await atC).source.equals(a.peerId))
      }
    )
  })

  it('offers a late neighbour nothing that was made and sent to nobody, nor a model of a round', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode(), createOverlayNode()] as const,
      async (a, b, c) => {
        await link(a, b)
        await a.services.nebula.createModel({ payload: randomBytes(100), round: -1 })
        await a.services.nebula.sendModel([b.peerId], { payload: randomBytes(100), round: 2 })

        const seen: number[] = []

        c.services.nebula.addEventListener('model:begin', ({ detail }) => seen.push(detail.round))
        await link(a, c)

        const alive = next(c, 'message:control:alive')

        await a.services.nebula.send(c.peerId, a.services.nebula.createMessage('control', 'alive'))
        await alive
        assert.deepEqual(seen, [])
      }
    )
  })

  it('takes a model again after its payload was given to another as HAVE', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (a, b) => {
      await link(a, b)

      const model = await a.services.nebula.createModel({ payload: randomBytes(10_000), round: 4 })
      const events: string[] = []

      b.services.nebula.addEventListener('model:update', ({ detail }) => events.push(detail.id))
      const first = await a.services.nebula.sendModel([b.peerId], model)

      await until('the model is there', () => events.length === 1)

      const second = await a.services.nebula.sendModel([b.peerId], model)

      assert.deepEqual([first[0]?.outcome, second[0]?.outcome], ['delivered', 'have'])
      assert.deepEqual(events, [model.id])
    })
  })

  it('fetches a model from a peer that has it', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (a, b) => {
      await link(a, b)

      const payload = randomBytes(10_000)
      const { id } = await a.services.nebula.createModel({ payload, round: 4 })
      const model = await b.services.nebula.fetchModel(id, a.peerId)

      assert.deepEqual(Buffer.from(await model.bytes()), payload)
      assert.deepEqual(
        b.services.nebula.models().map((kept) => kept.id),
        [id]
      )
    })
  })

  it('sends a `model` message as a model', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (a, b) => {
      await link(a, b)

      // larger than any message may be
      const parameters = new Uint8Array(randomBytes(2_000_000))
      const received = next(b, 'model:update')

      await a.services.nebula.send(
        b.peerId,
        a.services.nebula.createMessage('model', '', { parameters, round: 5, weight: 9n })
      )

      const model = await received

      assert.deepEqual([model.round, model.weight], [5, 9n])
      assert.deepEqual(Buffer.from(await model.bytes()), Buffer.from(parameters))
    })
  })

  it('sends an offer with its fields', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (a, b) => {
      await link(a, b)

      const parameters = new Uint8Array([1, 2, 3, 0, 0, 0, 1])
      const received = next(b, 'model:offer')

      await a.services.nebula.sendToNeighbours(
        a.services.nebula.createMessage('offer', 'offer_model', {
          parameters,
          nNeighbors: 3,
          loss: 0.5,
          rounds: 10,
          round: 2,
          epochs: 4
        })
      )

      const { source, fields, model } = await received

      assert.ok(source.equals(a.peerId))
      assert.deepEqual(fields, { nNeighbors: 3, loss: 0.5, rounds: 10, round: 2, epochs: 4 })
      assert.deepEqual(new Uint8Array(await model.bytes()), parameters)
    })
  })

  it('refuses to send without a link, and once learning has finished unless the engine says otherwise', async () => {
    let finished = false
    let modelsWhenFinished = false
    const engine = {
      round: () => 0,
      learningCycleFinished: () => finished,
      modelsWhenFinished: () => modelsWhenFinished,
      updateNeighbours: () => {}
    }

    await withNodes([createOverlayNode({ engine }), createOverlayNode()] as const, async (a, b) => {
      const model = { payload: new Uint8Array(10), round: 0 }

      await assert.rejects(a.services.nebula.sendModel([b.peerId], model), { name: 'NotLinkedError' })
      await link(a, b)
      finished = true
      await assert.rejects(a.services.nebula.sendModel([b.peerId], model), { name: 'LearningFinishedError' })
      await assert.rejects(b.services.nebula.sendModel([a.peerId], model), { name: 'AggregateError' })
      modelsWhenFinished = true
      await a.services.nebula.sendModel([b.peerId], model)
      await b.services.nebula.sendModel([a.peerId], model)
    })
  })

  it('tells of each peer that it did not reach, and reaches the others', async () => {
    const refusing = createOverlayNode({ models: { maxModelBytes: 1_000 } })

    await withNodes([createOverlayNode(), refusing, createOverlayNode()] as const, async (a, b, c) => {
      await link(a, b)
      await link(a, c)

      const atC = next(c, 'model:update')
      const sent = a.services.nebula.sendModel([b.peerId, c.peerId], {
        payload: randomBytes(2_000),
        round: 0
      })

      await assert.rejects(sent, (err: AggregateError) => {
        assert.equal(err.errors.length, 1)
        assert.equal((err.errors[0] as Error).name, 'ModelRefusedError')

        return true
      })
      await atC
    })
  })

  it('gives up on both ends when the sender aborts', async () => {
    // with nobody else to ask, the receiver gives up when it has stood still for so long
    const receiver = createOverlayNode({ models: { stallTimeout: 100 } })

    await withNodes([createOverlayNode(SMALL_CHUNKS), receiver] as const, async (a, b) => {
      await link(a, b)

      const controller = new AbortController()
      const failed = next(b, 'model:failed')

      await assert.rejects(
        a.services.nebula.sendModel(
          [b.peerId],
          { payload: randomBytes(20 * 1_048_576), round: 0, encoding: 'none' },
          { signal: controller.signal, onProgress: () => controller.abort() }
        ),
        (err: AggregateError) => err.errors.length === 1
      )
      await failed
    })
  })

  it('goes over WebSocket', async () => {
    await withNodes([createOverlayNode(SMALL_CHUNKS), createOverlayNode()] as const, async (a, b) => {
      const webSocket = b.getMultiaddrs().filter((addr) => addr.toString().includes('/ws'))
      const opened = next(b, 'link:open')

      await a.services.nebula.connect(webSocket)
      await opened

      const payload = randomBytes(3_000_000)
      const received = next(b, 'model:update')

      await a.services.nebula.sendModel([b.peerId], { payload, round: 0 })
      assert.match(String(b.services.nebula.link(a.peerId)?.remoteAddr), /\/ws/)
      assert.deepEqual(Buffer.from(await (await received).bytes()), payload)
    })
  })

  it('is kept in memory where that is asked for, as much as there may be', async () => {
    const inMemory = { models: { storage: 'memory', maxMemoryBytes: 1_000_000 } } as const

    await withNodes([createOverlayNode(inMemory), createOverlayNode(inMemory)] as const, async (a, b) => {
      await link(a, b)

      const payload = randomBytes(600_000)
      const received = next(b, 'model:update')

      await a.services.nebula.sendModel([b.peerId], { payload, round: 0, encoding: 'none' })
      assert.deepEqual(Buffer.from(await (await received).bytes()), payload)
      // the first makes room for the second
      await a.services.nebula.sendModel([b.peerId], { payload: randomBytes(600_000), round: 1 })
      assert.deepEqual(
        b.services.nebula.models().map(({ round }) => round),
        [1]
      )
      await assert.rejects(a.services.nebula.createModel({ payload: randomBytes(1_000_001), round: 2 }), {
        name: 'ModelTooLargeError'
      })
    })
  })

  it('can be read while it comes', async () => {
    await withNodes([createOverlayNode(SMALL_CHUNKS), createOverlayNode()] as const, async (a, b) => {
      await link(a, b)

      const payload = randomBytes(5_000_000)
      const begun = next(b, 'model:begin')
      const sent = a.services.nebula.sendModel([b.peerId], { payload, round: 0, encoding: 'none' })
      const pieces: Uint8Array[] = []
      let early = false

      for await (const piece of await begun) {
        early ||= b.services.nebula.models().length === 0
        pieces.push(piece)
      }

      await sent
      assert.deepEqual(Buffer.concat(pieces), payload)
      assert.ok(early, 'nothing was read before all had come')
    })
  })
})
