/** Connections that are slow, stand still or are lost, between real processes on loopback. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fullSuite } from '../support/full-suite.ts'
import { NetworkFederation } from './support/network-federation.ts'
import type { ConfigInput } from '../../../src/config/index.ts'
import type { TcpForwarderInit } from '../../support/tcp-forwarder.ts'

const NODES = fullSuite ? 5 : 3
const PER_SECOND = 20
/** From the loss of a connection to the link over a new one. */
const BACK_MS = 30_000

async function withFederation(
  forwarding: TcpForwarderInit,
  run: (federation: NetworkFederation) => Promise<void>,
  config: ConfigInput = {}
): Promise<void> {
  const federation = await NetworkFederation.behindForwarders({ nodes: NODES, config }, forwarding)

  try {
    await run(federation)
    await federation.stop()
  } finally {
    await federation.destroy()
  }
}

describe('connections', () => {
  it('with 200 ms of delay and jitter each way keep their links and lose nothing', async (t) => {
    const delayed = async (federation: NetworkFederation): Promise<void> => {
      await federation.startTraffic(PER_SECOND)
      const [first, second] = [federation.node(0), federation.node(1)]

      await first.call('sendModel', { peers: [second.peerId], bytes: fullSuite ? 16_777_216 : 1_048_576 })
      await sleep(fullSuite ? 60_000 : 3_000)
      const totals = await federation.endTraffic()

      assert.deepEqual(totals.rejected, {})
      assert.equal((await second.call('models')).length, 1)
      assertUntouched(federation)
      t.diagnostic(JSON.stringify(totals))
    }

    // pings take longer than the time between two of them
    await withFederation({ delay: 200, jitter: 50 }, delayed, { connections: { pingInterval: 250 } })
  })

  it('that stand still for a while keep their links and lose nothing', async (t) => {
    await withFederation({}, async (federation) => {
      await federation.startTraffic(PER_SECOND)

      for (const forwarder of federation.forwarders) {
        forwarder.stall()
        await sleep(fullSuite ? 10_000 : 1_000)
        forwarder.resume()
      }

      const totals = await federation.endTraffic()

      assert.deepEqual(totals.rejected, {})
      assertUntouched(federation)
      t.diagnostic(JSON.stringify(totals))
    })
  })

  it(`that are lost cost no accepted message, and the links are back within ${BACK_MS / 1_000} s`, async (t) => {
    await withFederation({}, async (federation) => {
      const times: number[] = []

      await federation.startTraffic(PER_SECOND)

      for (const forwarder of federation.forwarders.slice(1)) {
        await sleep(1_000)
        assert.ok(forwarder.connections > 0)
        forwarder.cut()
        times.push(await federation.untilLinked(BACK_MS))
      }

      const totals = await federation.endTraffic()

      t.diagnostic(`back after ${times.join(', ')} ms; ${JSON.stringify(totals)}`)
    })
  })
})

function assertUntouched({ nodes }: NetworkFederation): void {
  for (const { label, output } of nodes) {
    assert.deepEqual(
      output.events.filter(({ event }) => event === 'link:close'),
      [],
      `${label} has lost a link`
    )
  }
}
