import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { serve } from '../serve.ts'
import type { Api } from '../serve.ts'
import type { AddressInfo, Socket } from 'node:net'

export interface ThrottleEnd extends Api {
  /** @returns the port behind which the other passes so many bytes a second, each way */
  open(port: number, bytesPerSecond: number): Promise<number>
}

/** A link of limited speed, so that a line is as fast as its links and not as its one machine. */
const api: ThrottleEnd = {
  async open(port, bytesPerSecond) {
    const server = createServer((near) => {
      const far = connect(port, '127.0.0.1')

      near.setNoDelay(true)
      far.setNoDelay(true)
      near.on('error', () => far.destroy())
      far.on('error', () => near.destroy())
      void pass(near, far, bytesPerSecond)
      void pass(far, near, bytesPerSecond)
    })

    server.listen(0, '127.0.0.1')
    await once(server, 'listening')

    return (server.address() as AddressInfo).port
  }
}

async function pass(from: Socket, to: Socket, bytesPerSecond: number): Promise<void> {
  let free = 0

  try {
    for await (const piece of from as AsyncIterable<Uint8Array>) {
      // a piece takes its time on the line, and the line is not faster for having stood still
      free = Math.max(free, performance.now()) + (piece.byteLength * 1_000) / bytesPerSecond
      await delay(Math.max(0, free - performance.now()))

      if (!to.write(piece)) {
        await once(to, 'drain')
      }
    }

    to.end()
  } catch {
    to.destroy()
  }
}

serve(api)
