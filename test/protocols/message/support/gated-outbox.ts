import { Outbox } from '../../../../protocols/message/outbox.ts'
import { encodeAck } from '../../../../protocols/message/codec.ts'
import { FrameStream } from '../../../../protocols/stream-io.ts'
import type { OutboxInit } from '../../../../protocols/message/types.ts'
import type { StreamNodes } from '../../../support/stream-nodes.ts'
import type { Stream } from '@libp2p/interface'

export interface GatedOutbox {
  outbox: Outbox
  /** What `onFailure` was called with. */
  failures: Error[]
  /** Bytes of each write to the stream. */
  writes: number[]
  /** Opens the stream: nothing leaves the outbox before. */
  release(): void
  /** Lets the opening of the stream fail instead. */
  refuse(error: Error): void
  /** This end of the stream. */
  local: Stream
  /** The peer's end. */
  remote: Stream
  /** The next frames that came to the peer's end, as text, up to the end of the stream or the count. */
  read(count?: number): Promise<string[]>
  /** Acknowledges so many messages, as the peer. */
  acknowledge(count: number): Promise<void>
}

export interface GatedOutboxInit extends Partial<OutboxInit> {
  /** What the peer does by itself: read and acknowledge all, read only, or nothing. @default 'acknowledges' */
  peer?: 'acknowledges' | 'reads' | 'is still'
}

/** An outbox on a real stream, which opens when the test says so. */
export async function gatedOutbox(
  nodes: StreamNodes,
  { peer = 'acknowledges', ...init }: GatedOutboxInit = {}
): Promise<GatedOutbox> {
  const [local, remote] = await nodes.open('dialler')
  const gate = Promise.withResolvers<Stream>()
  const failures: Error[] = []
  const writes: number[] = []
  const send = local.send.bind(local)
  const inbox = peer === 'is still' ? undefined : new Inbox(remote, peer === 'acknowledges')

  local.send = (data) => {
    writes.push(data.byteLength)

    return send(data)
  }

  return {
    outbox: new Outbox({
      open: async () => gate.promise,
      onFailure: (error) => failures.push(error),
      ...init
    }),
    failures,
    writes,
    release: () => gate.resolve(local),
    refuse: gate.reject,
    local,
    remote,
    async read(count) {
      return (await inbox?.take(count)) ?? []
    },
    async acknowledge(count) {
      await inbox?.acknowledge(count)
    }
  }
}

/** The peer's end of the stream. */
class Inbox {
  readonly #frames: FrameStream
  readonly #texts: string[] = []
  readonly #ended: Promise<void>
  #arrived = Promise.withResolvers<void>()

  constructor(stream: Stream, acknowledges: boolean) {
    this.#frames = new FrameStream(stream, { maxFrameBytes: 1_048_576 })
    this.#ended = this.#read(acknowledges)
  }

  async acknowledge(count: number): Promise<void> {
    await this.#frames.send(encodeAck({ count }))
  }

  async take(count = Infinity): Promise<string[]> {
    let ended = false

    while (this.#texts.length < count && !ended) {
      this.#arrived = Promise.withResolvers()
      ended = await Promise.race([this.#arrived.promise.then(() => false), this.#ended.then(() => true)])
    }

    return this.#texts.splice(0, count)
  }

  /** Ends with the stream, however that ends: what the test looks at is the outbox. */
  async #read(acknowledges: boolean): Promise<void> {
    try {
      for await (const frame of this.#frames) {
        this.#texts.push(new TextDecoder().decode(frame.subarray()))
        this.#arrived.resolve()

        if (acknowledges) {
          await this.acknowledge(1)
        }
      }

      await this.#frames.close()
    } catch {
      // the outbox was aborted
    }
  }
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
