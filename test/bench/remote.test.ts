import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pair, SOCKET_END } from '../../bench/ends/end.ts'
import { Remote, withRemotes } from '../../bench/remote.ts'
import type { BulkEnd } from '../../bench/ends/end.ts'

describe('processes of a benchmark', () => {
  it('carry bytes from one to the other, and tell what came', async () => {
    const pair = new Pair<BulkEnd>(SOCKET_END)

    await withRemotes([pair], async () => {
      await pair.link([])
      const sha256 = await pair.sender.call('prepare', 1_000_000, 7)

      await pair.receiver.call('expectBulk', 1_000_000)
      const start = await pair.sender.call('sendBulk', 65_536)
      const got = await pair.receiver.call('bulk')

      assert.equal(got.sha256, sha256)
      assert.ok(got.at > start)
    })
  })

  it('hand on what was thrown', async () => {
    const remote = new Remote<BulkEnd>(SOCKET_END)

    await withRemotes([remote], async () => {
      // nobody listens there
      await assert.rejects(remote.call('connect', '1'), /ECONNREFUSED/)
    })
  })

  it('fail the calls that wait when they end', async () => {
    const remote = new Remote<BulkEnd>(SOCKET_END)

    await remote.call('start', [])
    await remote.call('expectBulk', 1)
    const bulk = remote.call('bulk')

    bulk.catch(() => {})
    await remote.stop()

    await assert.rejects(bulk, /ended with/)
    await assert.rejects(remote.call('bulk'), /ended before/)
  })

  it('are stopped when the measurement fails', async () => {
    const remote = new Remote<BulkEnd>(SOCKET_END)
    const measurement = withRemotes([remote], async () => {
      throw new Error('measured nothing')
    })

    await assert.rejects(measurement, /measured nothing/)
    assert.ok(remote.child.exitCode != null || remote.child.signalCode != null)
  })
})
