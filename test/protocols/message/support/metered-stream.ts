import { defaultLogger } from '@libp2p/logger'
import { AbstractStream } from '@libp2p/utils'
import { Uint8ArrayList } from 'uint8arraylist'
import { encodeAck } from '../../../../protocols/message/codec.ts'
import { FrameDecoder } from '../../../../protocols/framing.ts'
import { frame } from './envelopes.ts'
import type { SendResult } from '@libp2p/utils'

/** A stream whose peer takes as many bytes as the test says, and acknowledges when the test says. */
export class MeteredStream extends AbstractStream {
  /** The messages that have come whole, as text. */
  readonly received: string[] = []
  readonly #decoder = new FrameDecoder(1_048_576)
  #window = 0
  #acknowledged = 0
  #automatic = false

  constructor() {
    super({ id: 'metered', log: defaultLogger().forComponent('test:metered-stream') })
  }

  /** Lets the peer take so many bytes more. */
  take(bytes: number): void {
    this.#window += bytes
    this.safeDispatchEvent('drain')
  }

  /** Acknowledges what has come, or that many of it. */
  acknowledge(max = Number.POSITIVE_INFINITY): void {
    const count = Math.min(max, this.received.length - this.#acknowledged)

    if (count > 0 && this.status === 'open') {
      this.#acknowledged += count
      this.onData(new Uint8ArrayList(frame(encodeAck({ count }))))
    }
  }

  /** From now on the peer takes all and acknowledges it. */
  flow(): void {
    this.#automatic = true
    this.take(Number.POSITIVE_INFINITY)
    this.acknowledge()
  }

  sendData(data: Uint8ArrayList): SendResult {
    const sentBytes = Math.min(data.byteLength, this.#window)

    this.#window -= sentBytes
    this.#decoder.push(data.sublist(0, sentBytes))

    for (let next = this.#decoder.take(); next != null; next = this.#decoder.take()) {
      this.received.push(new TextDecoder().decode(next.subarray()))
    }

    if (this.#automatic) {
      // never within the write
      setImmediate(() => this.acknowledge())
    }

    return { sentBytes, canSendMore: this.#window > 0 }
  }

  sendReset(): void {
    this.#window = 0
  }

  async sendCloseWrite(): Promise<void> {
    // what was written has been taken by now
  }

  async sendCloseRead(): Promise<void> {
    // the peer sends acknowledgements only
  }

  sendPause(): void {
    // as above
  }

  sendResume(): void {
    // as above
  }
}
