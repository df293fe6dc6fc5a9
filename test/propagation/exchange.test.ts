import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, it } from 'node:test'
import { MIN_CHUNK_BYTES } from '../../protocols/model/limits.ts'
import { FileStorage } from '../../src/propagation/index.ts'
import { ExchangeNodes } from './support/exchange-nodes.ts'
import type { ModelReader, ModelSource, NewModel } from '../../src/propagation/index.ts'

const payload = randomBytes(MIN_CHUNK_BYTES * 20 + 99)
const about: Omit<NewModel, 'payload'> = { round: 3, weight: 120n }

async function assertHas(reader: ModelReader, expected: Uint8Array = payload): Promise<void> {
  assert.ok(Buffer.from(expected).equals(await reader.bytes()))
}

describe('models between nodes', () => {
  const nodes = new ExchangeNodes()

  afterEach(async () => nodes.stop())

  it('come with what their origin says of them', async () => {
    const [a, b] = await nodes.line(2)
    const arrival = b!.next('model')
    const model = await a!.models.create({ ...about, payload, kind: 'offer', details: Uint8Array.of(9) })

    assert.equal(await a!.models.send(model, a!.connectionTo(b!)), 'delivered')
    const { model: reader, from } = await arrival
    const { origin, federation, kind, round, weight, details } = reader.header

    assert.ok(origin.equals(a!.peerId) && from.equals(a!.peerId))
    assert.deepEqual([federation, kind, round, weight, [...details]], ['lab', 'offer', 3, 120n, [9]])
    await assertHas(reader)
  })

  it('are taken from bytes, a file or an iterable, and given as bytes, a file or an iterable', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'models-test-'))

    try {
      const [a, b] = await nodes.line(2, { storage: undefined })
      const path = join(directory, 'in.bin')
      const zeros = new Uint8Array(300_000)

      async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.byteLength; at += 50_000) {
          yield bytes.subarray(at, at + 50_000)
        }
      }

      await writeFile(path, payload)
      const sources: Array<[ModelSource, Uint8Array]> = [
        [payload, payload],
        [{ path }, payload],
        [pieces(payload), payload],
        [zeros, zeros],
        [pieces(zeros), zeros],
        [new Uint8Array(0), new Uint8Array(0)]
      ]

      for (const [source, expected] of sources) {
        const begun = b!.next('model:begin')
        const arrival = b!.nextModel()
        const model = await a!.models.create({ ...about, payload: source })
        const sending = a!.models.send(model, a!.connectionTo(b!))
        const collected: Uint8Array[] = []

        for await (const piece of (await begun).model) {
          collected.push(Uint8Array.from(piece))
        }

        const reader = await arrival

        assert.equal(await sending, 'delivered')
        assert.ok(Buffer.from(expected).equals(Buffer.concat(collected)))
        await assertHas(reader, expected)
        await reader.saveTo(join(directory, 'out.bin'))
        assert.ok(Buffer.from(expected).equals(await readFile(join(directory, 'out.bin'))))
      }
    } finally {
      await rm(directory, { recursive: true })
    }
  })

  it('are compressed when that makes them smaller', async () => {
    const { models } = await nodes.create({ storage: new FileStorage() })
    const text = Buffer.alloc(1_000_000, 'federated learning ')

    for (const encoding of ['zstd', 'zlib', 'brotli'] as const) {
      const { signed } = await models.create({ ...about, payload: text, encoding })

      assert.equal(signed.header.encoding, encoding)
      assert.ok(signed.header.encodedSize < 10_000)
      assert.equal(signed.header.decodedSize, 1_000_000)
    }

    assert.equal((await models.create({ ...about, payload })).signed.header.encoding, 'none')
    assert.equal(
      (await models.create({ ...about, payload: text, encoding: 'none' })).signed.header.encoding,
      'none'
    )
  })

  it('are passed on along a line while they come', async () => {
    const line = await nodes.line(5)
    const [first, ...others] = line
    const arrivals = others.map(async (node) => node.nextModel())
    const model = await first!.models.create({ ...about, payload })

    assert.equal(await first!.models.send(model, first!.connectionTo(line[1]!)), 'delivered')

    for (const arrival of arrivals) {
      await assertHas(await arrival)
    }
  })

  it('cross each link at most once in a full mesh', async () => {
    const mesh = await nodes.line(1)
    let received = 0

    for (let count = 1; count < 6; count++) {
      const node = await nodes.create()

      for (const other of mesh) {
        await node.connect(other)
      }

      mesh.push(node)
      node.models.addEventListener('model:progress', () => received++)
    }

    const [origin, ...others] = mesh
    const arrivals = others.map(async (node) => node.nextModel())
    const model = await origin!.models.create({ ...about, payload })
    const outcomes = await Promise.all(
      others.map(async (other) => origin!.models.send(model, origin!.connectionTo(other)))
    )

    for (const arrival of arrivals) {
      await assertHas(await arrival)
    }

    assert.equal(received, others.length * 21)
    assert.ok(
      outcomes.every((outcome) => outcome === 'delivered' || outcome === 'have'),
      String(outcomes)
    )
  })

  it('are not sent to those who have them', async () => {
    const [a, b] = await nodes.line(2)
    const model = await a!.models.create({ ...about, payload })
    let bytes = 0
    const send = async (): Promise<string> =>
      a!.models.send(model, a!.connectionTo(b!), { onProgress: (sent) => (bytes = sent) })

    assert.equal(await send(), 'delivered')
    assert.equal(bytes, payload.byteLength)
    bytes = 0
    assert.equal(await send(), 'have')
    assert.equal(bytes, 0)
  })

  it('are served to a neighbour that comes late', async () => {
    const [a, b] = await nodes.line(2)
    const model = await a!.models.create({ ...about, payload })

    await a!.models.send(model, a!.connectionTo(b!))
    await a!.node.stop()
    const late = await nodes.create()
    const connection = await late.connect(b!)
    const reader = await late.models.fetch(model.id, connection)

    assert.ok(reader.header.origin.equals(a!.peerId))
    await assertHas(reader)
    await assert.rejects(late.models.fetch('ab'.repeat(32), connection), {
      name: 'ModelRefusedError',
      reason: 'NOT_FOUND'
    })
  })

  it('are refused when too large, of another federation or unwanted', async () => {
    const cases = [
      { init: { maxModelBytes: payload.byteLength - 1 }, reason: 'TOO_LARGE' },
      { init: { federation: 'other' }, reason: 'FEDERATION_MISMATCH' },
      { init: { refuse: () => 'UNWANTED' as const }, reason: 'UNWANTED' },
      { init: { maxStoredBytes: payload.byteLength - 1 }, reason: 'BUSY' }
    ]

    for (const { init, reason } of cases) {
      const a = await nodes.create()
      const b = await nodes.create({ ...init, relay: () => [] })
      const connection = await a.connect(b)
      const model = await a.models.create({ ...about, payload })

      await assert.rejects(a.models.send(model, connection), { name: 'ModelRefusedError', reason })
    }
  })

  it('are taken at the limit and not made above it', async () => {
    const { models } = await nodes.create({ maxModelBytes: payload.byteLength })

    await models.create({ ...about, payload })
    await assert.rejects(models.create({ ...about, payload: Buffer.concat([payload, Buffer.of(0)]) }), {
      name: 'ModelTooLargeError'
    })
    await assert.rejects(models.create({ ...about, payload, round: -2 }), { name: 'InvalidModelHeaderError' })
    assert.equal(models.models().length, 1)
  })

  it('leave nothing behind when a node stops, which starts again', async () => {
    const [a, b] = await nodes.line(2)
    const arrival = b!.nextModel()
    const model = await a!.models.create({ ...about, payload })

    await a!.models.send(model, a!.connectionTo(b!))
    const reader = await arrival

    await b!.models.stop()
    await b!.models.stop()
    await assert.rejects(reader.bytes(), { name: 'ModelGoneError' })
    assert.deepEqual(b!.models.models(), [])
    await b!.models.start()
    assert.equal(await a!.models.send(model, a!.connectionTo(b!)), 'delivered')
  })
})
