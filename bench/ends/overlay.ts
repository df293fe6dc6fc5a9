/** One end of a link between nodes of the product: what other processes may ask of it. */
import assert from 'node:assert/strict'
import { multiaddr } from '@multiformats/multiaddr'
import { createNode } from '../../src/node/index.ts'
import { now } from '../now.ts'
import { serve } from '../serve.ts'
import { numbered } from './payload.ts'
import type { Encryption } from './end.ts'
import type { NebulaNode } from '../../src/node/index.ts'
import type { ReceivedMessage } from '../../src/index.ts'

/** Messages that a sender has under way before it waits for the first of them. */
const WINDOW = 1_024

let node: NebulaNode
let receiving: Promise<number>

const api = {
  async start(encryption: Encryption[]): Promise<string> {
    node = await createNode({
      listen: ['/ip4/127.0.0.1/tcp/0'],
      transports: ['tcp'],
      mdns: { enabled: false },
      encryption
    })

    return String(node.libp2p.getMultiaddrs()[0])
  },

  async connect(address: string): Promise<void> {
    await node.nebula.connect(multiaddr(address))
  },

  async expectMessages(count: number, characters: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    let next = 0
    const onMessage = ({ detail: { message } }: CustomEvent<ReceivedMessage<'response'>>): void => {
      if (message.fields.response !== numbered(next, characters)) {
        reject(new Error(`message ${next} is "${message.fields.response}"`))
      }

      if (++next === count) {
        resolve(now())
        node.nebula.removeEventListener('message:response', onMessage)
      }
    }

    node.nebula.addEventListener('message:response', onMessage)
    receiving = promise
    receiving.catch(() => {})
  },

  async received(): Promise<number> {
    return receiving
  },

  async sendMessages(count: number, characters: number): Promise<number> {
    const { nebula } = node
    const [peer] = nebula.peers()
    const sending: Array<Promise<void>> = []

    assert.ok(peer)
    const start = now()

    for (let i = 0; i < count; i++) {
      await sending[i % WINDOW]
      sending[i % WINDOW] = nebula.send(
        peer,
        nebula.createMessage('response', '', { response: numbered(i, characters) })
      )
    }

    await Promise.all(sending)

    return start
  }
}

export type OverlayEnd = typeof api

serve(api)
