import { ipPortToMultiaddr } from '@libp2p/utils'
import type { MultiaddrConnection } from '@libp2p/interface'
import type { Socket } from 'node:net'

export interface PendingSocketsInit {
  /** Sockets at the same time that libp2p does not know of. */
  max: number
  /** Milliseconds from accepting a socket to a secured libp2p connection over it. */
  timeout: number
}

/**
 * The accepted sockets over which there is no libp2p connection yet.
 *
 * Beyond the bound the oldest goes rather than the newest, so that silent
 * sockets cannot keep out a peer that speaks at once. Those libp2p is securing
 * are outside the bound, as libp2p bounds them itself.
 */
export class PendingSockets {
  readonly #max: number
  readonly #timeout: number
  readonly #sockets = new Map<string, Socket>()
  readonly #silent = new Set<Socket>()

  constructor(init: PendingSocketsInit) {
    this.#max = init.max
    this.#timeout = init.timeout
  }

  add(socket: Socket): void {
    const key = keyOf(socket)

    if (key == null) {
      socket.destroy()
      return
    }

    const timer = setTimeout(() => {
      if (this.#sockets.get(key) === socket) {
        socket.destroy()
      }
    }, this.#timeout)

    this.#sockets.set(key, socket)
    socket.once('close', () => {
      clearTimeout(timer)
      this.#silent.delete(socket)

      if (this.#sockets.get(key) === socket) {
        this.#sockets.delete(key)
      }
    })
    this.#bound(socket)
  }

  /** To be called around the securing of a connection: until it is secured, its socket has the same deadline. */
  async during(maConn: MultiaddrConnection, secure: () => Promise<void>): Promise<void> {
    const key = maConn.remoteAddr.decapsulate('/ws').toString()
    const socket = this.#sockets.get(key)

    if (socket == null) {
      return secure()
    }

    this.#silent.delete(socket)
    // an aborted one would stay open, as libp2p resets a WebSocket with a code that none takes;
    // one that is closed still has to send what is buffered
    maConn.addEventListener('close', ({ error }) => {
      if (error != null) {
        socket.destroy()
      }
    })

    try {
      await secure()
    } catch (err) {
      // it is only asked to close
      this.#bound(socket)
      throw err
    }

    this.#sockets.delete(key)
  }

  destroy(): void {
    for (const socket of this.#sockets.values()) {
      socket.destroy()
    }
  }

  #bound(socket: Socket): void {
    if (socket.destroyed) {
      return
    }

    this.#silent.add(socket)

    if (this.#silent.size > this.#max) {
      const [oldest] = this.#silent
      oldest?.destroy()
    }
  }
}

/** As `@libp2p/websockets` names the peer, without `/ws`; nothing when it is gone already. */
function keyOf({ remoteAddress, remotePort }: Socket): string | undefined {
  try {
    return ipPortToMultiaddr(remoteAddress ?? '', remotePort ?? NaN).toString()
  } catch {
    return undefined
  }
}
