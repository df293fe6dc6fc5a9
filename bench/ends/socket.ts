/** One end of a TCP connection with nothing on top. */
import { strict as assert } from 'node:assert'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { now } from '../now.ts'
import { serve } from '../serve.ts'
import { incompressible, sha256 } from './payload.ts'
import type { Arrival, BulkEnd } from './end.ts'
import type { AddressInfo, Socket } from 'node:net'

let accepted: Promise<Socket>
let socket: Socket
let payload: Uint8Array
let receiving: Promise<{ at: number; pieces: Uint8Array[] }>

const api: BulkEnd = {
  async start() {
    const server = createServer()
    const connection = Promise.withResolvers<Socket>()

    server.on('connection', (end) => connection.resolve(end))
    server.listen(0, '127.0.0.1')
    accepted = connection.promise
    await once(server, 'listening')

    return String((server.address() as AddressInfo).port)
  },

  async connect(address) {
    socket = connect(Number(address), '127.0.0.1')
    await once(socket, 'connect')
  },

  async prepare(bytes, seed) {
    payload = incompressible(bytes, seed)

    return sha256([payload])
  },

  async expectBulk(bytes) {
    receiving = accepted.then(async (end) => receive(end, bytes))
  },

  async sendBulk(chunkBytes) {
    const start = now()

    for (let at = 0; at < payload.byteLength; at += chunkBytes) {
      if (!socket.write(payload.subarray(at, at + chunkBytes))) {
        await once(socket, 'drain')
      }
    }

    return start
  },

  async bulk(): Promise<Arrival> {
    const { at, pieces } = await receiving

    return { at, sha256: sha256(pieces) }
  }
}

async function receive(end: Socket, bytes: number): Promise<{ at: number; pieces: Uint8Array[] }> {
  const pieces: Uint8Array[] = []
  const done = Promise.withResolvers<number>()
  let missing = bytes
  const onData = (piece: Uint8Array): void => {
    pieces.push(piece)
    missing -= piece.byteLength
    assert.ok(missing >= 0)

    if (missing === 0) {
      done.resolve(now())
    }
  }

  end.on('data', onData)

  try {
    return { at: await done.promise, pieces }
  } finally {
    end.off('data', onData)
  }
}

serve(api)
