import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { afterEach, describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { MIN_CHUNK_BYTES } from '../../protocols/model/limits.ts'
import { DISK_CHECK_MS } from '../../src/propagation/constants.ts'
import { DiskFullError, MemoryStorage } from '../../src/propagation/index.ts'
import { Warnings } from '../../src/warnings/index.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { ExchangeNodes } from './support/exchange-nodes.ts'
import type { CreatePayloadOptions, Payload } from '../../src/propagation/payload-storage.ts'
import type { NewModel } from '../../src/propagation/index.ts'

const about: Omit<NewModel, 'payload'> = { round: 3, weight: 1n, encoding: 'none' }
const model = (chunks: number): NewModel => ({ ...about, payload: randomBytes(chunks * MIN_CHUNK_BYTES) })

/** A disk that has room for so many bytes, of which the system says what a test wants. */
class SmallDisk extends MemoryStorage {
  readonly bytes: number
  used = 0
  says?: number

  constructor(chunks: number) {
    super()
    this.bytes = chunks * MIN_CHUNK_BYTES
  }

  override create({ onFull }: CreatePayloadOptions = {}): Payload {
    const inner = super.create()
    let written = 0

    return {
      read: async (position, length) => inner.read(position, length),
      write: async (position, data) => {
        while (this.used + data.byteLength > this.bytes) {
          if ((await onFull?.()) !== true) {
            throw new DiskFullError()
          }
        }

        this.used += data.byteLength
        written += data.byteLength
        await inner.write(position, data)
      },
      remove: async () => {
        this.used -= written
        written = 0
        await inner.remove()
      }
    }
  }

  override async available(): Promise<number> {
    return this.says ?? this.bytes - this.used
  }
}

describe('models on a disk that is smaller than they may be together', () => {
  const nodes = new ExchangeNodes()

  afterEach(async () => {
    await nodes.stop()
  })

  async function pair(disk: SmallDisk) {
    const clock = new ManualClock()
    const warnings = new Warnings({ logger: defaultLogger() }, { clock })
    const sender = await nodes.create()
    const node = await nodes.create({ storage: disk, warnings })

    return { sender, node, warnings, connection: await sender.connect(node) }
  }

  it('are refused before they come when they do not fit, and smaller ones arrive', async () => {
    const { sender, node, warnings, connection } = await pair(new SmallDisk(10))
    const large = await sender.models.create(model(11))

    await assert.rejects(sender.models.send(large, connection), {
      name: 'ModelRefusedError',
      reason: 'NO_SPACE'
    })
    assert.deepEqual(
      warnings.list().map(({ code }) => code),
      ['disk-full']
    )

    // the warning is over when a model has come
    for (const chunks of [10, 9]) {
      const came = node.nextModel()

      assert.equal(
        await sender.models.send(await sender.models.create(model(chunks)), connection),
        'delivered'
      )
      assert.equal((await came).complete, true)
      assert.deepEqual(warnings.list(), [])
    }
  })

  it('free their room at once when the disk has less than the system said', async () => {
    const disk = new SmallDisk(10)
    const { sender, node, warnings, connection } = await pair(disk)
    const failed = node.next('model:failed')

    disk.says = 1_000 * MIN_CHUNK_BYTES
    await assert.rejects(sender.models.send(await sender.models.create(model(20)), connection), {
      name: 'ModelRefusedError',
      reason: 'NO_SPACE'
    })
    assert.equal((await failed).error.name, 'DiskFullError')
    assert.equal(disk.used, 0)
    assert.equal(warnings.list()[0]?.code, 'disk-full')

    const came = node.nextModel()

    assert.equal(await sender.models.send(await sender.models.create(model(10)), connection), 'delivered')
    assert.equal((await came).complete, true)
    assert.deepEqual(warnings.list(), [])
  })

  it('of this node make room for one another, and one that is too large leaves none of it behind', async () => {
    const disk = new SmallDisk(10)
    const { node, warnings } = await pair(disk)

    await node.models.create(model(6))

    const second = await node.models.create(model(6))

    assert.deepEqual(
      node.models.models().map(({ id }) => id),
      [second.id]
    )
    await assert.rejects(node.models.create(model(11)), { name: 'DiskFullError' })
    assert.equal(disk.used, 0)
    assert.equal(warnings.list()[0]?.code, 'disk-full')
    await node.models.create(model(10))
    assert.deepEqual(warnings.list(), [])
  })

  it('leave those in use alone', async () => {
    const disk = new SmallDisk(10)
    const { sender, node, connection } = await pair(disk)
    const own = await node.models.create(model(6))
    const release = own.retain()

    await assert.rejects(node.models.create(model(6)), { name: 'DiskFullError' })
    await assert.rejects(sender.models.send(await sender.models.create(model(6)), connection), {
      reason: 'NO_SPACE'
    })
    assert.deepEqual(
      node.models.models().map(({ id }) => id),
      [own.id]
    )
    release()
    assert.equal(await sender.models.send(await sender.models.create(model(6)), connection), 'delivered')
  })

  it('are warned of until the disk has room again', async () => {
    const disk = new SmallDisk(10)
    const clock = new ManualClock()
    const warnings = new Warnings({ logger: defaultLogger() }, { clock })
    const sender = await nodes.create()
    const node = await nodes.create({ storage: disk, warnings, clock })
    const connection = await sender.connect(node)

    disk.says = 0
    await assert.rejects(sender.models.send(await sender.models.create(model(5)), connection), {
      reason: 'NO_SPACE'
    })
    await clock.advance(3 * DISK_CHECK_MS)
    assert.equal(warnings.list().length, 1)
    disk.says = undefined
    await clock.advance(DISK_CHECK_MS)
    assert.deepEqual(warnings.list(), [])
  })
})
