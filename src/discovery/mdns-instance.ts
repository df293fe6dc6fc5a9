import type { PeerDiscovery, PeerInfo, Startable } from '@libp2p/interface'

export interface MdnsInstanceInit {
  onPeer(info: PeerInfo): void
  onError(err: Error): void
}

/** What `multicast-dns` tells of its socket; public on the class of `@libp2p/mdns`, though not in the type its factory gives. */
interface MulticastDns {
  on(event: 'error', listener: (err: Error) => void): unknown
  on(event: 'ready', listener: () => void): unknown
  /** Joins the group on every interface; called when the socket is bound, and every 5 s from then. */
  update(): void
}

/** One `@libp2p/mdns`, which only logs what its socket reports: its answers and its first error go to callbacks. */
export class MdnsInstance {
  readonly #discovery: PeerDiscovery & Partial<Startable> & { mdns?: MulticastDns }
  readonly #onError: (err: Error) => void
  readonly #onPeer: (event: CustomEvent<PeerInfo>) => void

  constructor(discovery: PeerDiscovery, init: MdnsInstanceInit) {
    this.#discovery = discovery
    this.#onError = (err) => init.onError(err)
    this.#onPeer = (event) => init.onPeer(event.detail)
  }

  /** Asks; resolves as soon as the socket is bound or has failed, which is before it can have received anything. */
  async start(): Promise<void> {
    this.#discovery.addEventListener('peer', this.#onPeer)

    const started = this.#discovery.start?.()
    // the socket is there but not bound yet, so that no event is missed
    this.#guardUpdate()
    const bound = this.#bound()
    await started
    await bound
  }

  async stop(): Promise<void> {
    this.#discovery.removeEventListener('peer', this.#onPeer)
    await this.#discovery.stop?.()
  }

  /** Its timer would end the process when the system does not tell the interfaces, as with no file descriptor left. */
  #guardUpdate(): void {
    const socket = this.#discovery.mdns

    if (socket == null) {
      return
    }

    const update = socket.update.bind(socket)

    socket.update = () => {
      try {
        update()
      } catch (err) {
        this.#onError(err instanceof Error ? err : new Error(String(err)))
      }
    }
  }

  async #bound(): Promise<void> {
    const socket = this.#discovery.mdns

    await new Promise<void>((resolve) => {
      let reported = false

      socket?.on('error', (err) => {
        resolve()

        if (!reported) {
          reported = true
          this.#onError(err)
        }
      })
      socket?.on('ready', resolve)
      // a socket of Node.js is bound within one turn of the event loop
      setImmediate(resolve)
    })
  }
}
