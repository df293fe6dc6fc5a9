import { setTimeout as delay } from 'node:timers/promises'
import { noise } from '@chainsafe/libp2p-noise'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { peerIdFromString } from '@libp2p/peer-id'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { HANDSHAKE, hello, MESSAGE, MODEL, signedBytes } from './protocols.ts'
import { push } from './push.ts'
import { report } from './report.ts'
import { statusOf } from './welcome.ts'
import type { Connection, Libp2p, PrivateKey, Stream } from '@libp2p/interface'

export interface Target {
  peerId: string
  addr: string
}

/** Milliseconds that it waits for an answer. */
const ANSWER_MS = 5_000

/** Milliseconds after which it tries again when it was thrown out. */
const RETRY_MS = 250

/** Nodes that some identity of this process has asked for a link, and those that gave one. */
const asked = new Set<string>()
const linked = new Set<string>()

/** One identity on bare libp2p, which does as it likes. */
export class Attacker {
  readonly key: PrivateKey
  readonly node: Libp2p
  readonly #offended = new Set<string>()

  private constructor(key: PrivateKey, node: Libp2p) {
    this.key = key
    this.node = node
  }

  static async create(): Promise<Attacker> {
    const key = await generateKeyPair('Ed25519')
    const node = await createLibp2p({
      privateKey: key,
      addresses: { listen: [] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionGater: { denyDialMultiaddr: () => false },
      connectionMonitor: { enabled: false },
      services: { identify: identify() }
    })
    const attacker = new Attacker(key, node)

    // it takes what it is sent, and does nothing with it
    await node.handle([MESSAGE, MODEL], swallow, { maxInboundStreams: 1_000 })
    report({ event: 'identity', peer: attacker.peerId })

    return attacker
  }

  get peerId(): string {
    return this.node.peerId.toString()
  }

  async dial({ addr }: Target): Promise<Connection> {
    return this.node.dial(multiaddr(addr), { signal: AbortSignal.timeout(ANSWER_MS) })
  }

  async open(target: Target, protocol: string): Promise<Stream> {
    return (await this.dial(target)).newStream(protocol, {
      maxOutboundStreams: 1_000,
      signal: AbortSignal.timeout(ANSWER_MS)
    })
  }

  /**
   * Makes a link, as an honest node does.
   *
   * @throws when it is refused
   */
  async link(target: Target, options?: Parameters<typeof hello>[0]): Promise<Stream> {
    reportOnce(asked, 'link-asked', target)
    const stream = await this.open(target, HANDSHAKE)
    const answered = Promise.withResolvers<Uint8Array>()

    stream.addEventListener('message', ({ data }) => answered.resolve(data.subarray()), { once: true })
    stream.addEventListener('close', () => answered.reject(new Error('reset instead of a Welcome')))
    await push(stream, hello(options))

    const welcome = await Promise.race([answered.promise, delay(ANSWER_MS, new Uint8Array(0))])

    if (statusOf(welcome) !== 'NEW') {
      stream.abort(new Error('not welcome'))
      throw new Error(`no link: ${statusOf(welcome)}`)
    }

    reportOnce(linked, 'link-made', target)

    return stream
  }

  /** Makes a link, and opens a stream of messages over it for the offence that follows. */
  async messages(target: Target): Promise<Stream> {
    await this.link(target)
    const stream = await this.open(target, MESSAGE)

    this.offend(target)

    return stream
  }

  async hangUp({ peerId }: Target): Promise<void> {
    await this.node.hangUp(peerIdFromString(peerId))
  }

  /** A signature of this attacker, right or wrong, under a message. */
  async sign(source: string, seqno: bigint, wrapper: Uint8Array): Promise<Uint8Array> {
    return this.key.sign(signedBytes(source, seqno, wrapper))
  }

  /** Tells, once for each target, that the first offence against it follows. */
  offend(target: Target): void {
    if (!this.#offended.has(target.peerId)) {
      this.#offended.add(target.peerId)
      report({ event: 'offence', peer: this.peerId, target: target.peerId, at: Date.now() })
    }
  }

  /** Does it again and again, whatever becomes of it; never returns. */
  async insist(target: Target, attack: () => Promise<void>): Promise<never> {
    for (let tries = 1; ; tries++) {
      try {
        await attack()
      } catch (err) {
        report({ event: 'thrown-out', peer: this.peerId, target: target.peerId, tries, why: String(err) })
      }

      await delay(RETRY_MS)
    }
  }
}

function reportOnce(reported: Set<string>, event: string, { peerId }: Target): void {
  if (!reported.has(peerId)) {
    reported.add(peerId)
    report({ event, target: peerId })
  }
}

function swallow(stream: Stream): void {
  stream.addEventListener('message', () => {})
}
