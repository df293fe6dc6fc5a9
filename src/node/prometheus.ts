import type { ComponentLogger, Metrics } from '@libp2p/interface'

/** The metrics of one node as Prometheus scrapes them. */
export interface PrometheusText {
  contentType: string
  read(): Promise<string>
}

export interface Prometheus {
  /** What libp2p takes as its metrics. */
  factory(components: { logger: ComponentLogger }): Metrics
  text: PrometheusText
}

/** A registry of its own for each node: libp2p's default is one for the process. Loaded only where it is used. */
export async function prometheus(): Promise<Prometheus> {
  const [{ prometheusMetrics }, { Registry }] = await Promise.all([
    import('@libp2p/prometheus-metrics'),
    import('prom-client')
  ])
  const registry = new Registry()

  return {
    factory: prometheusMetrics({ registry }),
    text: { contentType: registry.contentType, read: async () => registry.metrics() }
  }
}
