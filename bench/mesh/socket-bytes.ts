import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

/** What this process has written to TCP sockets since it was made: encrypted and framed, without TCP's own headers. */
export class SocketBytes {
  readonly #sockets: Socket[] = []

  constructor() {
    for (const channel of ['net.client.socket', 'net.server.socket']) {
      subscribe(channel, (event) => {
        this.#sockets.push((event as { socket: Socket }).socket)
      })
    }
  }

  get written(): number {
    return this.#sockets.reduce((sum, socket) => sum + socket.bytesWritten, 0)
  }
}
