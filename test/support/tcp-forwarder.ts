/**
 * Forwards TCP on loopback, so that a test can lose, stall or slow a connection
 * as a network does. Nothing that was accepted from one end is known to have
 * reached the other, as on a network.
 */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

/** Bytes held in one direction of a connection before its sender is held back. */
const MAX_HELD_BYTES = 1_048_576

export interface TcpForwarderInit {
  /** Milliseconds that each byte takes, each way. @default 0 */
  delay?: number
  /** Milliseconds at most that a piece takes longer than `delay`; order is kept. @default 0 */
  jitter?: number
  /** In [0, 1). @default Math.random */
  random?: () => number
}

export class TcpForwarder {
  readonly #init: TcpForwarderInit
  readonly #server: Server
  readonly #lanes = new Set<Lane>()
  #stalled = false

  private constructor(port: number, init: TcpForwarderInit) {
    this.#init = init
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true })

      this.#join(near, far)
      this.#join(far, near)
    })
  }

  /** @param port - on loopback, where connections are forwarded to */
  static async to(port: number, init: TcpForwarderInit = {}): Promise<TcpForwarder> {
    const forwarder = new TcpForwarder(port, init)
    forwarder.#server.listen(0, '127.0.0.1')
    await once(forwarder.#server, 'listening')

    return forwarder
  }

  /** Where it listens, on loopback. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Connections of which at least one direction is open. */
  get connections(): number {
    return Math.ceil(this.#lanes.size / 2)
  }

  /** Lets no byte pass in either direction, over connections made meanwhile too. */
  stall(): void {
    this.#stalled = true
    this.#lanes.forEach((lane) => lane.stall())
  }

  resume(): void {
    this.#stalled = false
    this.#lanes.forEach((lane) => lane.resume())
  }

  /** Ends all connections; what they hold is lost. New ones may be made at once. */
  cut(): void {
    this.#lanes.forEach((lane) => lane.destroy())
  }

  async close(): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(from: Socket, to: Socket): void {
    const lane = new Lane(from, to, this.#init, () => this.#lanes.delete(lane))

    this.#lanes.add(lane)

    if (this.#stalled) {
      lane.stall()
    }
  }
}

/** One direction of one connection. */
class Lane {
  readonly #from: Socket
  readonly #to: Socket
  readonly #delay: number
  readonly #jitter: number
  readonly #random: () => number
  readonly #onOver: () => void
  /** Null is the end. */
  readonly #held: Array<{ piece: Buffer | null; due: number }> = []
  #heldBytes = 0
  #stalled = false
  #full = false
  #timer?: NodeJS.Timeout

  constructor(from: Socket, to: Socket, init: TcpForwarderInit, onOver: () => void) {
    this.#from = from
    this.#to = to
    this.#delay = init.delay ?? 0
    this.#jitter = init.jitter ?? 0
    this.#random = init.random ?? Math.random
    this.#onOver = onOver

    from.setNoDelay(true)
    // what ends one end ends the other; there is nobody to tell of it
    from.on('error', () => undefined)
    from.on('data', (piece: Buffer) => this.#hold(piece))
    from.on('end', () => this.#hold(null))
    from.on('close', () => {
      // one that has ended may still have bytes under way
      if (!from.readableEnded) {
        this.destroy()
      }
    })
    to.on('drain', () => {
      this.#full = false
      this.#pass()
    })
  }

  stall(): void {
    this.#stalled = true
    clearTimeout(this.#timer)
    this.#balance()
  }

  resume(): void {
    this.#stalled = false
    this.#balance()
    this.#pass()
  }

  destroy(): void {
    clearTimeout(this.#timer)
    this.#held.length = 0
    this.#from.destroy()
    this.#to.destroy()
    this.#onOver()
  }

  #hold(piece: Buffer | null): void {
    const due = Date.now() + this.#delay + this.#random() * this.#jitter

    this.#held.push({ piece, due: Math.max(due, this.#held.at(-1)?.due ?? 0) })
    this.#heldBytes += piece?.byteLength ?? 0
    this.#balance()
    this.#pass()
  }

  /** Passes on all that is due, and comes back for what is not. */
  #pass(): void {
    clearTimeout(this.#timer)

    for (let [next] = this.#held; next != null && !this.#stalled && !this.#full; [next] = this.#held) {
      const wait = next.due - Date.now()

      if (wait > 0) {
        this.#timer = setTimeout(() => this.#pass(), wait)
        break
      }

      this.#held.shift()
      this.#heldBytes -= next.piece?.byteLength ?? 0

      if (next.piece == null) {
        this.#to.end()
        this.#onOver()
      } else if (!this.#to.destroyed) {
        this.#full = !this.#to.write(next.piece)
      }
    }

    this.#balance()
  }

  #balance(): void {
    if (this.#stalled || this.#heldBytes > MAX_HELD_BYTES) {
      this.#from.pause()
    } else {
      this.#from.resume()
    }
  }
}
