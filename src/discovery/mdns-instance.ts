import type { PeerDiscovery, PeerInfo, Startable } from '@libp2p/interface'

export interface MdnsInstanceInit {
  onPeer(info: PeerInfo): void
  onError(err: Error): void
}

/** The socket of `@libp2p/mdns`; public on its class, though not in the type its factory gives. */
interface SocketHolder {
  mdns?: { on(event: 'error', listener: (err: Error) => void): unknown }
}

/** One `@libp2p/mdns`, which only logs what its socket reports: its answers and its first error go to callbacks. */
export class MdnsInstance {
  readonly #discovery: PeerDiscovery & Partial<Startable> & SocketHolder
  readonly #onError: (err: Error) => void
  readonly #onPeer: (event: CustomEvent<PeerInfo>) => void

  constructor(discovery: PeerDiscovery, init: MdnsInstanceInit) {
    this.#discovery = discovery
    this.#onError = (err) => init.onError(err)
    this.#onPeer = (event) => init.onPeer(event.detail)
  }

  /** Asks; resolves when the socket is bound or has failed. */
  async start(): Promise<void> {
    this.#discovery.addEventListener('peer', this.#onPeer)

    const started = this.#discovery.start?.()
    // the socket is there but not bound yet, so that no error is missed
    this.#watchSocket()
    await started
    await turnOfEventLoop()
  }

  async stop(): Promise<void> {
    this.#discovery.removeEventListener('peer', this.#onPeer)
    await this.#discovery.stop?.()
  }

  #watchSocket(): void {
    let reported = false

    this.#discovery.mdns?.on('error', (err) => {
      if (!reported) {
        reported = true
        this.#onError(err)
      }
    })
  }
}

/** Within one turn a socket of Node.js is bound, and has sent what was to be sent before. */
async function turnOfEventLoop(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
}
