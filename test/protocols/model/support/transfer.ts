import assert from 'node:assert/strict'
import { openHeader, SinkEnd, SourceEnd } from '../../../../protocols/model/index.ts'
import { ModelStream } from '../../../../protocols/model/model-stream.ts'
import type { ChunkSource, SourceEndInit } from '../../../../protocols/model/index.ts'
import type { ModelStreamInit } from '../../../../protocols/model/model-stream.ts'
import type { ModelFrame } from '../../../../protocols/model/types.ts'
import type { StreamNodes } from '../../../support/stream-nodes.ts'

/** Reads the frame that must be of one type. */
export async function expectFrame<T extends ModelFrame['type']>(
  stream: ModelStream,
  type: T
): Promise<Extract<ModelFrame, { type: T }>> {
  const frame = await stream.read()

  assert.equal(frame?.type, type)

  return frame as Extract<ModelFrame, { type: T }>
}

/** Both ends of a stream. */
export async function openStreams(
  nodes: StreamNodes,
  init: ModelStreamInit = {}
): Promise<[ModelStream, ModelStream]> {
  const [near, far] = await nodes.open('dialler')

  return [new ModelStream(near, init), new ModelStream(far, init)]
}

/** A source end and the bare stream of its sink. */
export async function openSource(
  nodes: StreamNodes,
  source: ChunkSource,
  init: SourceEndInit & ModelStreamInit = {}
): Promise<[SourceEnd, ModelStream]> {
  const [near, far] = await openStreams(nodes, init)

  return [new SourceEnd(near, source, init), far]
}

/** The sink of a stream on which a model is offered. */
export async function acceptOffer(stream: ModelStream): Promise<SinkEnd> {
  const offer = await expectFrame(stream, 'offer')
  const signed = await openHeader(offer.header, offer.signature)

  return new SinkEnd(stream, signed, { offered: true, complete: offer.complete })
}

/** Keeps what a sink gets, and finishes it when the last chunk is there. */
export class Collector {
  readonly chunks = new Map<number, Uint8Array>()
  readonly order: number[] = []
  completes = 0
  readonly #sink: SinkEnd
  readonly #count: number

  constructor(sink: SinkEnd, count: number) {
    this.#sink = sink
    this.#count = count
  }

  get payload(): Uint8Array {
    return Buffer.concat([...this.chunks].sort(([a], [b]) => a - b).map(([, chunk]) => chunk))
  }

  async run(): Promise<void> {
    await this.#sink.run({
      onChunk: async (index, data) => {
        this.chunks.set(index, data.slice())
        this.order.push(index)

        if (this.chunks.size === this.#count) {
          this.#sink.finish()
        }
      },
      onComplete: () => {
        this.completes++
      }
    })
  }
}
