/** Milliseconds between two samples of the counts that are too frequent to be told one by one. */
export const METRICS_SAMPLE_INTERVAL_MS = 1_000

/** Seconds. */
export const SHORT_BUCKETS = [0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30]

/** Seconds. */
export const LONG_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800]

/** Bytes. */
export const SIZE_BUCKETS = [1_024, 65_536, 1_048_576, 16_777_216, 67_108_864, 268_435_456, 1_073_741_824]
