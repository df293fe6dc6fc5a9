import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { encode } from 'uint8-varint'
import { ByteQueue } from '../../protocols/byte-queue.ts'

describe('ByteQueue', () => {
  it('gives back what was appended, whatever the sizes and the order of appends and takes', () => {
    const step = fc.record({ append: fc.boolean(), bytes: fc.oneof(fc.nat(9), fc.nat(1_100), fc.nat(9_000)) })

    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new ByteQueue()
        let appended = 0
        let taken = 0

        for (const { append, bytes } of steps) {
          if (append) {
            queue.append(Uint8Array.from({ length: bytes }, () => appended++ % 251))
          } else {
            const expected = Math.min(bytes, queue.byteLength)

            for (const byte of queue.take(expected).slice()) {
              assert.equal(byte, taken++ % 251)
            }
          }

          assert.equal(queue.byteLength, appended - taken)
        }
      })
    )
  })

  it('reads varints that came in pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** 31 - 1), { maxLength: 20 }), (values) => {
        const queue = new ByteQueue()

        for (const byte of values.flatMap((value) => [...encode(value)])) {
          queue.append(Uint8Array.of(byte))
        }

        assert.deepEqual(
          values.map(() => queue.takeVarint()),
          values
        )
        assert.equal(queue.byteLength, 0)
      })
    )
  })

  it('is empty after it was cleared and can be used again', () => {
    const queue = new ByteQueue()

    for (let i = 0; i < 3; i++) {
      queue.append(new Uint8Array(10))
      queue.append(new Uint8Array(2_000))
      queue.append(new Uint8Array(10))
      queue.clear()
      assert.equal(queue.byteLength, 0)
    }

    queue.append(Uint8Array.of(7))
    assert.deepEqual(queue.take(1).slice(), Uint8Array.of(7))
  })

  it('takes one piece per block when pieces arrive and leave one by one', () => {
    const queue = new ByteQueue()
    const backlog = 100_000
    const before = process.cpuUsage()

    for (let i = 0; i < 3 * backlog; i++) {
      queue.append(new Uint8Array(1))

      if (i >= backlog) {
        queue.take(1)
      }
    }

    assert.equal(queue.byteLength, backlog)
    assert.ok([...queue.take(backlog)].length < (2 * backlog) / 4_096)
    const { user, system } = process.cpuUsage(before)

    // of this process, whatever else the machine does
    assert.ok((user + system) / 1_000 < 5_000)
  })
})
