import { setImmediate as letOthersRun } from 'node:timers/promises'
import {
  BLOCK_ELEMENTS,
  compare,
  decode,
  encode,
  encodeHeader,
  READ_ELEMENTS,
  sizeOf
} from '../parameters/index.ts'
import { Distances } from './distances.ts'
import { NotEnoughUpdatesError } from './errors.ts'
import type { ByteSink, TensorInfo, TensorLayout } from '../parameters/index.ts'
import type { AggregationReport, Plan, Strategy, Update } from './types.ts'

export interface AggregateOptions {
  /** Each checked against the same layout. */
  updates: readonly Update[]
  strategy: Strategy
  /** Takes the result, a safetensors file of that layout (`fileBytes`). What was written before a failure is of no use. */
  sink: ByteSink
  signal?: AbortSignal
}

/**
 * Makes one model of several, some elements at a time: it holds 64 Ki elements
 * of each update. The result depends on the updates and not on their order, so
 * that nodes with the same updates get the same bytes. Other work of the
 * process is let in between.
 *
 * @throws {NotEnoughUpdatesError} when there are fewer than the strategy needs
 * @throws {TypeError} when two updates have the same id, or were checked against different layouts
 * @throws what the sink and the sources do
 */
export async function aggregate({
  updates,
  strategy,
  sink,
  signal
}: AggregateOptions): Promise<AggregationReport> {
  const ordered = updates.toSorted((a, b) => compare(a.id, b.id))
  const layout = commonLayout(strategy, ordered)
  const blocks = new Blocks(ordered, layout, signal)
  const distances = new Distances(ordered.length, strategy.needsDistances)

  if (strategy.needsDistances) {
    await blocks.each((inputs) => distances.add(inputs))
  }

  const samples = ordered.map((update) => update.samples)
  const plan = strategy.plan(samples, strategy.needsDistances ? distances : undefined)
  const output = new Output(sink)

  await sink.write(encodeHeader(layout))
  await blocks.each(
    (inputs, tensor) => {
      if (!strategy.needsDistances) {
        distances.add(inputs)
      }

      output.add(plan, inputs, tensor)
    },
    async () => output.flush()
  )

  return report(strategy, ordered, plan, distances)
}

function commonLayout(strategy: Strategy, ordered: readonly Update[]): TensorLayout {
  const layout = ordered[0]?.parameters.reference

  if (layout == null || ordered.length < strategy.minUpdates) {
    throw new NotEnoughUpdatesError(strategy.name, strategy.minUpdates, ordered.length)
  }

  for (const [at, { id, parameters }] of ordered.entries()) {
    if (id === ordered[at + 1]?.id) {
      throw new TypeError(`There are two updates of ${id}`)
    }

    if (parameters.reference !== layout) {
      throw new TypeError(`The update of ${id} was checked against another layout`)
    }
  }

  return layout
}

/** All elements of all updates, in the layout's order, as doubles. */
class Blocks {
  readonly #updates: readonly Update[]
  readonly #layout: TensorLayout
  readonly #signal?: AbortSignal
  /** Of each update: room for what is read, and for a block of doubles. */
  readonly #room: Array<{ bytes: Uint8Array; doubles: Float64Array }>

  constructor(updates: readonly Update[], layout: TensorLayout, signal?: AbortSignal) {
    const mostBytes = Math.max(
      0,
      ...layout.tensors.map(({ elements, dtype }) => Math.min(elements, READ_ELEMENTS) * sizeOf(dtype))
    )

    this.#updates = updates
    this.#layout = layout
    this.#signal = signal
    this.#room = updates.map(() => ({
      bytes: new Uint8Array(mostBytes),
      doubles: new Float64Array(BLOCK_ELEMENTS)
    }))
  }

  /** @param afterRead - called after the blocks of each read */
  async each(
    use: (inputs: Float64Array[], tensor: TensorInfo) => void,
    afterRead?: () => Promise<void>
  ): Promise<void> {
    for (const tensor of this.#layout.tensors) {
      for (let from = 0; from < tensor.elements; from += READ_ELEMENTS) {
        const elements = Math.min(READ_ELEMENTS, tensor.elements - from)
        const bytes = await this.#read(tensor, from, elements)

        for (let at = 0; at < elements; at += BLOCK_ELEMENTS) {
          use(this.#decode(tensor, bytes, at, Math.min(BLOCK_ELEMENTS, elements - at)), tensor)
        }

        await afterRead?.()
        this.#signal?.throwIfAborted()
        await letOthersRun()
      }
    }
  }

  async #read({ name }: TensorInfo, from: number, elements: number): Promise<Uint8Array[]> {
    return Promise.all(
      this.#updates.map(async ({ parameters }, update) =>
        parameters.bytes(name, from, elements, this.#room[update]?.bytes ?? new Uint8Array(0))
      )
    )
  }

  #decode({ dtype }: TensorInfo, bytes: Uint8Array[], at: number, elements: number): Float64Array[] {
    const size = sizeOf(dtype)

    return this.#room.map(({ doubles }, update) => {
      const block = doubles.subarray(0, elements)

      decode(dtype, bytes[update]?.subarray(at * size, (at + elements) * size) ?? new Uint8Array(0), block)

      return block
    })
  }
}

/** Collects the results of the blocks of one read, and writes them at once. */
class Output {
  readonly #sink: ByteSink
  readonly #doubles = new Float64Array(BLOCK_ELEMENTS)
  readonly #bytes = new Uint8Array(READ_ELEMENTS * Float64Array.BYTES_PER_ELEMENT)
  #filled = 0

  constructor(sink: ByteSink) {
    this.#sink = sink
  }

  add(plan: Plan, inputs: Float64Array[], { dtype }: TensorInfo): void {
    const block = this.#doubles.subarray(0, inputs[0]?.length ?? 0)
    const end = this.#filled + block.length * sizeOf(dtype)

    plan.combine(inputs, block)
    encode(dtype, block, this.#bytes.subarray(this.#filled, end))
    this.#filled = end
  }

  async flush(): Promise<void> {
    await this.#sink.write(this.#bytes.subarray(0, this.#filled))
    this.#filled = 0
  }
}

function report(
  { name }: Strategy,
  ordered: readonly Update[],
  plan: Plan,
  distances: Distances
): AggregationReport {
  const spread = distances.spread()

  return {
    strategy: name,
    tolerated: plan.tolerated,
    updates: ordered.map(({ id }, update) => {
      const { distance, far } = spread[update] ?? { distance: 0, far: false }
      const note = plan.notes.get(update)

      return { id, share: plan.shares[update] ?? 0, ...(note == null ? {} : { note }), distance, far }
    })
  }
}
