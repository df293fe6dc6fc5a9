import { TypedEventEmitter } from 'main-event'
import type { MdnsFactory } from '../../src/discovery/mdns-beacon.ts'
import type { PeerDiscoveryEvents, PeerInfo, Startable } from '@libp2p/interface'

class FakeMdns extends TypedEventEmitter<PeerDiscoveryEvents> implements Startable {
  readonly #lan: FakeLan

  constructor(lan: FakeLan) {
    super()
    this.#lan = lan
  }

  async start(): Promise<void> {
    this.#lan.started(this)
  }

  async stop(): Promise<void> {
    this.#lan.stopped(this)
  }
}

/** A LAN whose answers the test writes: every question is answered by `members`. */
export class FakeLan {
  members: PeerInfo[] = []
  questions = 0
  readonly #running = new Set<FakeMdns>()

  /** To be given to a beacon in the place of `@libp2p/mdns`. */
  readonly mdns: MdnsFactory = () => () => new FakeMdns(this)

  /** Whether somebody listens. */
  get listening(): boolean {
    return this.#running.size > 0
  }

  /** An announcement that nobody has asked for. */
  announce(info: PeerInfo): void {
    for (const instance of this.#running) {
      instance.safeDispatchEvent('peer', { detail: info })
    }
  }

  started(instance: FakeMdns): void {
    this.#running.add(instance)
    this.questions++
    // an answer comes later than the question, on any LAN
    setImmediate(() => this.members.forEach((info) => this.announce(info)))
  }

  stopped(instance: FakeMdns): void {
    this.#running.delete(instance)
  }
}
