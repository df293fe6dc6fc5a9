import { Outbox } from '../../../../protocols/message/outbox.ts'
import { FrameStream } from '../../../../protocols/stream-io.ts'
import type { OutboxInit } from '../../../../protocols/message/outbox.ts'
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
  /** Reads frames at the peer's end, as text, up to the end of the stream or the count. */
  read(count?: number): Promise<string[]>
}

/** An outbox on a real stream, which opens when the test says so. */
export async function gatedOutbox(nodes: StreamNodes, init: Partial<OutboxInit> = {}): Promise<GatedOutbox> {
  const [local, remote] = await nodes.open('dialler')
  const gate = Promise.withResolvers<Stream>()
  const failures: Error[] = []
  const writes: number[] = []
  const send = local.send.bind(local)
  let frames: FrameStream | undefined

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
    async read(count = Infinity) {
      const texts: string[] = []

      frames ??= new FrameStream(remote, { maxFrameBytes: 1_048_576 })

      while (texts.length < count) {
        const frame = await frames.read({ signal: AbortSignal.timeout(5_000) })

        if (frame == null) {
          break
        }

        texts.push(new TextDecoder().decode(frame.subarray()))
      }

      return texts
    }
  }
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
