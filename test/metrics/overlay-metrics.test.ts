import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { openTelemetryMetrics } from '@libp2p/opentelemetry-metrics'
import { metrics as openTelemetry } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader
} from '@opentelemetry/sdk-metrics'
import { createNode } from '../../src/node/index.ts'
import { createOverlayNode, next, withNodes } from '../support/overlay-nodes.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import type { NebulaNode } from '../../src/node/index.ts'

const CONFIG = {
  federation: 'test',
  listen: ['/ip4/127.0.0.1/tcp/0'],
  mdns: { enabled: false }
}

/** The value of one line of Prometheus text. */
async function valueOf(node: NebulaNode, line: string): Promise<number | undefined> {
  const text = await node.metrics?.read()
  const found = text?.split('\n').find((candidate) => candidate.startsWith(`${line} `))

  return found == null ? undefined : Number(found.slice(line.length + 1))
}

/** Polls a value that is sampled once a second. */
async function reaches(node: NebulaNode, line: string, wanted: number): Promise<void> {
  let value: number | undefined

  for (const end = Date.now() + PATIENCE_MS; value !== wanted && Date.now() < end;) {
    value = await valueOf(node, line)
    await new Promise<void>((resolve) => setTimeout(resolve, 50))
  }

  assert.equal(value, wanted, line)
}

describe('metrics', () => {
  it('tell Prometheus of links, messages and models', async () => {
    const [a, b] = await Promise.all([createNode(CONFIG), createNode(CONFIG)])

    try {
      const opened = next(b.libp2p as unknown as Parameters<typeof next>[0], 'link:open', ({ peer }) =>
        peer.equals(a.peerId)
      )

      await a.nebula.connect(b.libp2p.getMultiaddrs())
      await opened
      await a.nebula.send(b.peerId, a.nebula.createMessage('control', 'overhead'))
      await a.nebula.sendModel([b.peerId], { payload: randomBytes(100_000), round: 1, encoding: 'none' })

      assert.equal(await valueOf(a, 'nebula_links{kind="direct"}'), 1)
      assert.equal(await valueOf(a, 'nebula_links_opened_total{direction="outbound"}'), 1)
      await reaches(a, 'nebula_messages_sent_total{type="control"}', 1)
      await reaches(b, 'nebula_messages_received_total{type="control"}', 1)
      await reaches(a, 'nebula_models_sent_total{outcome="delivered"}', 1)
      await reaches(a, 'nebula_model_bytes_total{direction="sent"}', 100_000)
      await reaches(b, 'nebula_model_bytes_total{direction="received"}', 100_000)
      await reaches(b, 'nebula_models_received_total{outcome="update"}', 1)
      assert.equal(await valueOf(b, 'nebula_model_receive_seconds_count'), 1)
      assert.equal(await valueOf(a, 'nebula_message_send_seconds_count'), 1)
      assert.equal(await valueOf(b, 'nebula_models_kept'), 1)
    } finally {
      await Promise.all([a.stop(), b.stop()])
    }
  })

  it('tell of what proxies carry', async () => {
    const [a, proxy, b] = await Promise.all([
      createNode(CONFIG),
      createNode({ ...CONFIG, proxy: true }),
      createNode(CONFIG)
    ])

    try {
      await Promise.all([a, b].map(async (node) => node.nebula.connect(proxy.libp2p.getMultiaddrs())))
      await a.nebula.sendVia(proxy.peerId, b.peerId, a.nebula.createMessage('control', 'overhead'))
      await reaches(a, 'nebula_proxy_requests_sent_total{status="DELIVERED"}', 1)
      await reaches(proxy, 'nebula_proxy_requests_carried_total{status="DELIVERED"}', 1)
      await reaches(b, 'nebula_proxy_requests_received_total{status="DELIVERED"}', 1)
      assert.equal(await valueOf(a, 'nebula_proxy_delivery_seconds_count'), 1)
    } finally {
      await Promise.all([a.stop(), proxy.stop(), b.stop()])
    }
  })

  it('tell of models that are passed on, that are asked for and that a peer does not take', async () => {
    const nodes = await Promise.all([
      createNode(CONFIG),
      createNode({ ...CONFIG, models: { answerTimeout: '2s' } }),
      createNode(CONFIG)
    ])
    const [a, b, c] = nodes

    try {
      await Promise.all([a, c].map(async (node) => node.nebula.connect(b.libp2p.getMultiaddrs())))

      const model = { payload: randomBytes(1_000), round: -1 }
      const [{ peer } = { peer: undefined }] = await a.nebula.sendModel([b.libp2p.peerId], model)

      assert.ok(peer?.equals(b.libp2p.peerId))
      await reaches(b, 'nebula_models_sent_total{outcome="delivered"}', 1)

      const { id } = await b.nebula.createModel({ payload: randomBytes(1_000), round: 1 })

      await c.nebula.fetchModel(id, b.libp2p.peerId)
      await reaches(b, 'nebula_models_sent_total{outcome="served"}', 1)

      await c.libp2p.unhandle('/nebula/model/1.0.0')
      await c.libp2p.handle('/nebula/model/1.0.0', () => {})
      await assert.rejects(b.nebula.sendModel([c.libp2p.peerId], { payload: randomBytes(10), round: 2 }))
      await reaches(b, 'nebula_model_stalls_total', 1)
      await reaches(b, 'nebula_models_sent_total{outcome="failed"}', 1)
    } finally {
      await Promise.all(nodes.map(async (node) => node.stop()))
    }
  })

  it('are not kept where they are switched off', async () => {
    const node = await createNode({ ...CONFIG, metrics: { enabled: false } })

    try {
      assert.equal(node.metrics, undefined)
    } finally {
      await node.stop()
    }
  })

  it('go to OpenTelemetry as well', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
    const provider = new MeterProvider({ readers: [reader] })

    openTelemetry.setGlobalMeterProvider(provider)

    try {
      await withNodes(
        [createOverlayNode({}, { metrics: openTelemetryMetrics() }), createOverlayNode()] as const,
        async (a, b) => {
          const opened = next(b, 'link:open')

          await a.services.nebula.connect(b.getMultiaddrs())
          await opened

          const received = next(a, 'model:update')

          await b.services.nebula.sendModel([a.peerId], { payload: randomBytes(1_000), round: 1 })
          await received
          await reader.forceFlush()

          const last = (name: string): unknown =>
            exporter
              .getMetrics()
              .flatMap(({ scopeMetrics }) => scopeMetrics)
              .flatMap(({ metrics }) => metrics)
              .filter(({ descriptor }) => descriptor.name === name)
              .flatMap(({ dataPoints }) => dataPoints.map(({ value }) => value))
              .at(-1)

          assert.equal(last('nebula_links_opened_total'), 1)
          assert.equal(last('nebula_models_received_total'), 1)

          const { count, sum } = last('nebula_model_encoded_bytes') as { count: number; sum: number }

          assert.deepEqual([count, sum], [1, 1_000])
        }
      )
    } finally {
      openTelemetry.disable()
      await provider.shutdown()
    }
  })
})
