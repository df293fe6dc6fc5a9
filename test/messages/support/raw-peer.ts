import { decodeEnvelope, encodeAck, encodeEnvelope } from '../../../protocols/message/codec.ts'
import { FrameStream } from '../../../protocols/stream-io.ts'
import { encodeWrapper } from '../../../src/messages/wrapper.ts'
import { nebula_handshake as pb } from '../../../proto/handshake.js'
import { rawHello, RawHandshake, until } from '../../support/overlay-nodes.ts'
import type { Envelope } from '../../../protocols/message/index.ts'
import type { Message } from '../../../src/index.ts'
import type { OverlayNode } from '../../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

const HANDSHAKE = '/nebula/handshake/1.0.0'
const MESSAGE = '/nebula/message/1.0.0'

/** A peer whose messages are made by hand, as another implementation, or an attacker, would. */
export class RawPeer {
  readonly node: Libp2p
  readonly #overlay: OverlayNode
  #frames?: FrameStream

  constructor(node: Libp2p, overlay: OverlayNode) {
    this.node = node
    this.#overlay = overlay
  }

  /** Makes a direct link with the overlay's node; as a proxy it may hand on what others wrote. */
  async link({ proxy = false }: { proxy?: boolean } = {}): Promise<RawHandshake> {
    const handshake = await RawHandshake.open(await this.node.dial(this.#overlay.getMultiaddrs()))

    await handshake.send(rawHello({ node: { proxy } }))
    await handshake.read()

    return handshake
  }

  /** Waits for the Hello of the overlay's node, which the test makes dial; the answer is the test's. */
  async awaitHello(): Promise<RawHandshake> {
    const opened = Promise.withResolvers<RawHandshake>()

    await this.node.handle(HANDSHAKE, (stream) => opened.resolve(new RawHandshake(stream)))
    const handshake = await opened.promise

    await handshake.read()

    return handshake
  }

  /** Reads the envelopes that the overlay's node sends here, and acknowledges them. */
  async envelopes(): Promise<{ next(): Promise<Envelope>; reset(): void }> {
    const queue: Envelope[] = []
    let opened: FrameStream | undefined

    await this.node.handle(MESSAGE, async (stream) => {
      const frames = (opened = new FrameStream(stream, { maxFrameBytes: 1_048_576 }))

      try {
        for await (const frame of frames) {
          const envelope = decodeEnvelope(frame)

          // a view of what Node.js received is a Buffer
          queue.push({ ...envelope, wrapper: new Uint8Array(envelope.wrapper) })
          await frames.send(encodeAck({ count: 1 }))
        }
      } catch {
        // the link was closed, or the test reset the stream
      }
    })

    return {
      next: async () => {
        await until('an envelope', () => queue.length > 0)
        const [envelope] = queue.splice(0, 1) as [Envelope]

        return envelope
      },
      reset: () => opened?.abort(new Error('by hand'))
    }
  }

  /** Sends an envelope, over the one stream that this peer has for them. */
  async sendEnvelope(envelope: Partial<Envelope>): Promise<void> {
    await (
      await this.stream()
    ).send(
      encodeEnvelope({
        wrapper: new Uint8Array(0),
        seqno: 1n,
        signature: new Uint8Array(0),
        hops: 0,
        ...envelope
      })
    )
  }

  /** Sends a message; `source` is this peer unless it lies. */
  async send(
    message: Message,
    source = this.node.peerId.toString(),
    fields: Partial<Envelope> = {}
  ): Promise<void> {
    await this.sendEnvelope({ wrapper: encodeWrapper({ source, message }), ...fields })
  }

  async stream(): Promise<FrameStream> {
    if (this.#frames == null) {
      const connection = await this.node.dial(this.#overlay.getMultiaddrs())

      this.#frames = new FrameStream(await connection.newStream(MESSAGE), { maxFrameBytes: 1_048_576 })
    }

    return this.#frames
  }
}

/** The Welcome that makes a link. */
export function rawWelcome(): { welcome: pb.Welcome } {
  const { node } = rawHello().hello

  return {
    welcome: { status: pb.Status.NEW, reason: pb.Reason.UNSPECIFIED, attempt: 0n, direct: true, node }
  }
}
