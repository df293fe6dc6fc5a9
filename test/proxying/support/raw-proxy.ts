import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { nebula_proxy as pb } from '../../../proto/proxy.js'
import { decodeEnvelope, signMessage } from '../../../protocols/message/index.ts'
import { acknowledge } from '../../../protocols/proxy/index.ts'
import { encodeAnswer, encodeDelivery } from '../../../protocols/proxy/codec.ts'
import { FrameStream } from '../../../protocols/stream-io.ts'
import { encodeWrapper } from '../../../src/messages/wrapper.ts'
import { createStockNode, rawHello, RawHandshake, until } from '../../support/overlay-nodes.ts'
import { PATIENCE_MS } from '../../support/patience.ts'
import type { Envelope } from '../../../protocols/message/index.ts'
import type { Answer, Delivery } from '../../../protocols/proxy/index.ts'
import type { Message } from '../../../src/index.ts'
import type { OverlayNode } from '../../support/overlay-nodes.ts'
import type { Libp2p, PrivateKey, Stream } from '@libp2p/interface'

export const PROXY = '/nebula/proxy/1.0.0'

/** What a peer by hand does with a request: answers, or whatever else. */
export type Handler = (frames: FrameStream, delivery: pb.Delivery) => Promise<void>

/** A peer whose requests and answers are made by hand, as another implementation, or an attacker, would. */
export class RawProxy {
  readonly node: Libp2p
  readonly key: PrivateKey
  /** The requests that were handed to it. */
  readonly asked: pb.Delivery[] = []
  #seqno = BigInt(Date.now()) * 1_000n

  constructor(node: Libp2p, key: PrivateKey) {
    this.node = node
    this.key = key
  }

  static async create(key: PrivateKey): Promise<RawProxy> {
    return new RawProxy(await createStockNode({ privateKey: key }), key)
  }

  /** Makes an undirected link with the overlay's node. */
  async link(overlay: OverlayNode, node: { proxy?: boolean } = {}): Promise<void> {
    const handshake = await RawHandshake.open(await this.node.dial(overlay.getMultiaddrs()))

    await handshake.send(rawHello({ direct: false, node }))
    await handshake.read()
    await until('the link is there', () => overlay.services.nebula.link(this.node.peerId) != null)
  }

  /** Answers what is asked of it. */
  async answer(handler: Handler): Promise<void> {
    await this.node.handle(PROXY, (stream) => {
      void this.#serve(stream, handler)
    })
  }

  /** An envelope of this peer, or of another whose key is given. */
  async envelope(message: Message, fields: Partial<Envelope> & { key?: PrivateKey } = {}): Promise<Envelope> {
    const { key = this.key, ...rest } = fields
    const source = peerOf(key)
    const seqno = rest.seqno ?? ++this.#seqno
    const wrapper = rest.wrapper ?? encodeWrapper({ source, message })
    const signature = await signMessage(key, { federation: 'test', source, seqno, wrapper })

    return { wrapper, seqno, signature: Uint8Array.from(signature), hops: 0, ...rest }
  }

  /** Opens a stream for a request. */
  async open(overlay: OverlayNode): Promise<FrameStream> {
    return new FrameStream(await this.stream(overlay), { maxFrameBytes: 2 * 1_048_576 })
  }

  /** As `open`, for what is no frame. */
  async stream(overlay: OverlayNode): Promise<Stream> {
    return (await this.node.dial(overlay.getMultiaddrs())).newStream(PROXY)
  }

  /** Asks, and reads the answer. */
  async ask(
    overlay: OverlayNode,
    delivery: Partial<Delivery> & Pick<Delivery, 'target' | 'envelope'>
  ): Promise<pb.Answer> {
    const frames = await this.open(overlay)

    await frames.send(encodeDelivery({ timeout: PATIENCE_MS, ...delivery }))
    await frames.close()

    return readAnswer(frames)
  }

  async #serve(stream: Stream, handler: Handler): Promise<void> {
    const frames = new FrameStream(stream, { maxFrameBytes: 2 * 1_048_576 })

    try {
      const bytes = await frames.read()

      if (bytes != null) {
        const delivery = pb.Delivery.decode(bytes)

        this.asked.push(delivery)
        await handler(frames, delivery)
      }
    } catch (err) {
      frames.abort(err instanceof Error ? err : new Error(String(err)))
    }
  }
}

/** Answers each request the same. */
export function always(answer: Answer): Handler {
  return async (frames) => {
    await frames.send(encodeAnswer(answer))
    await frames.close()
  }
}

/** Answers that the message was delivered, with the acknowledgement of whoever has the key. */
export function acknowledging(
  key: PrivateKey,
  change: (envelope: Envelope) => Envelope = (same) => same
): Handler {
  return async (frames, delivery) => {
    const { seqno, wrapper } = change(decodeEnvelope(delivery.envelope))
    const source = new TextDecoder().decode(wrapper.subarray(2, 2 + (wrapper[1] ?? 0)))
    const target = peerIdFromPrivateKey(key)
    const fields = { federation: 'test', target, source, seqno, wrapper }

    await frames.send(encodeAnswer({ status: 'DELIVERED', acknowledgement: await acknowledge(key, fields) }))
    await frames.close()
  }
}

/** Never answers. */
export const silent: Handler = async (frames) => {
  await frames.closed
}

/** The answer to a request; throws when the stream ends without one. */
export async function readAnswer(frames: FrameStream): Promise<pb.Answer> {
  const bytes = await frames.read({ signal: AbortSignal.timeout(PATIENCE_MS) })

  if (bytes == null) {
    throw new Error('The stream has ended without an answer')
  }

  return pb.Answer.decode(bytes)
}

function peerOf(key: PrivateKey): string {
  return peerIdFromPrivateKey(key).toString()
}
