/** What the overlay counts and measures, through libp2p's metrics (Prometheus, OpenTelemetry or any other). */
export { OverlayMetrics } from './overlay-metrics.ts'
