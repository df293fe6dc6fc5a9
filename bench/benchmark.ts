/** What a file of this directory exports, and what it gives. */

export interface BenchmarkOptions {
  /** Whether a rough figure, soon, is enough. */
  quick: boolean
}

export interface Benchmark {
  name: string
  /** Checks that what it measures is right before it gives a figure; rejects when it is not. */
  run(options: BenchmarkOptions): Promise<Figure[]>
}

/** Something measured several times, here and with a peer for comparison. */
export interface Figure {
  /** `benchmark/what`. */
  name: string
  unit: string
  /** One entry for each run. */
  ours: number[]
  peer: number[]
  peerName: string
  /** Left out where the figure is only to be seen. */
  aim?: Aim
}

/** A bound on our median, or on its ratio to the peer's. */
export interface Aim {
  of: 'ours' | 'ratio'
  below?: number
  above?: number
}
