/** One end of a connection between libp2p nodes that know nothing of the product. */
import assert from 'node:assert/strict'
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
import { numbered } from './payload.ts'
import type { Encryption } from './end.ts'
import type { Connection, Libp2p } from '@libp2p/interface'

const MESSAGES = '/bench/messages'

let node: Libp2p
let connection: Connection
let receiving: Promise<number>

const api = {
  async start(encryption: Encryption[]): Promise<string> {
    node = await createLibp2p({
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: encryption.map((name) => (name === 'tls' ? tls() : noise())),
      streamMuxers: [yamux()],
      services: { identify: identify() }
    })

    return String(node.getMultiaddrs()[0])
  },

  async connect(address: string): Promise<void> {
    connection = await node.dial(multiaddr(address))
  },

  async expectMessages(count: number, characters: number): Promise<void> {
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

  async received(): Promise<number> {
    return receiving
  },

  async sendMessages(count: number, characters: number): Promise<number> {
    const stream = await connection.newStream(MESSAGES)
    const messages = lpStream(stream)
    const start = now()

    for (let i = 0; i < count; i++) {
      await messages.write(fromString(numbered(i, characters)))
    }

    await stream.close()

    return start
  }
}

export type StockEnd = typeof api

serve(api)
