/** A libp2p node that knows nothing of the product, as fast as its streams can be used. */
import { strict as assert } from 'node:assert'
import { noise } from '@chainsafe/libp2p-noise'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { lpStream } from '@libp2p/utils'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { now } from '../now.ts'
import { serve } from '../serve.ts'
import { incompressible, numbered, sha256 } from './payload.ts'
import type { BulkEnd, MessageEnd } from './end.ts'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'

const MESSAGES = '/bench/messages'
const BULK = '/bench/bulk'

/** Unsent bytes above which the sender waits; several chunks, so that it never runs dry. */
const WRITE_BUFFER_BYTES = 1_048_576

let node: Libp2p
let connection: Connection
let payload: Uint8Array
let receiving: Promise<number>
let receivingBulk: Promise<{ at: number; pieces: Uint8Array[] }>

const api: MessageEnd & BulkEnd = {
  async start(encryption) {
    node = await createLibp2p({
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: encryption.map((name) => (name === 'tls' ? tls() : noise())),
      streamMuxers: [yamux()],
      services: { identify: identify() }
    })

    return String(node.getMultiaddrs()[0])
  },

  async connect(address) {
    connection = await node.dial(multiaddr(address))
  },

  async expectMessages(count, characters) {
    const { promise, resolve, reject } = Promise.withResolvers<number>()

    receiving = promise
    receiving.catch(() => {})
    await node.unhandle(MESSAGES)
    await node.handle(MESSAGES, async (stream) => {
      const messages = lpStream(stream)

      try {
        for (let i = 0; i < count; i++) {
          assert.equal(toString((await messages.read()).subarray()), numbered(i, characters))
        }

        resolve(now())
        await stream.close()
      } catch (err) {
        reject(err)
      }
    })
  },

  async received() {
    return receiving
  },

  async sendMessages(count, characters) {
    const stream = await connection.newStream(MESSAGES)
    const messages = lpStream(stream)
    const start = now()

    for (let i = 0; i < count; i++) {
      await messages.write(fromString(numbered(i, characters)))
    }

    await stream.close()

    return start
  },

  async prepare(bytes, seed) {
    payload = incompressible(bytes, seed)

    return sha256([payload])
  },

  async expectBulk(bytes) {
    const { promise, resolve } = Promise.withResolvers<{ at: number; pieces: Uint8Array[] }>()

    receivingBulk = promise
    await node.unhandle(BULK)
    await node.handle(BULK, (stream) => {
      const pieces: Uint8Array[] = []
      let missing = bytes

      stream.addEventListener('message', ({ data }) => {
        pieces.push(...(data instanceof Uint8Array ? [data] : data))
        missing -= data.byteLength

        if (missing === 0) {
          resolve({ at: now(), pieces })
          void stream.close()
        }
      })
    })
  },

  async sendBulk(chunkBytes) {
    const stream = await connection.newStream(BULK)
    const start = now()

    for (let at = 0; at < payload.byteLength; at += chunkBytes) {
      stream.send(payload.subarray(at, at + chunkBytes))

      while (stream.writeBufferLength > WRITE_BUFFER_BYTES) {
        await drained(stream)
      }
    }

    await stream.close()

    return start
  },

  async bulk() {
    const { at, pieces } = await receivingBulk

    return { at, sha256: sha256(pieces) }
  }
}

/** `stream.onDrain()` waits only once. */
async function drained(stream: Stream): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      stream.removeEventListener('drain', done)
      stream.removeEventListener('idle', done)
      resolve()
    }

    stream.addEventListener('drain', done)
    stream.addEventListener('idle', done)
  })
}

serve(api)
