/** A node of the product: what other processes may ask of it. */
import { strict as assert } from 'node:assert'
import { writeFile } from 'node:fs/promises'
import { multiaddr } from '@multiformats/multiaddr'
import { createNode } from '../../src/node/index.ts'
import { now } from '../now.ts'
import { serve } from '../serve.ts'
import { incompressible, numbered, sha256 } from './payload.ts'
import { RssWatch } from './rss-watch.ts'
import type { Arrival, BulkEnd, Encryption, MessageEnd } from './end.ts'
import type { NebulaNode } from '../../src/node/index.ts'
import type { ModelInfo, ReceivedMessage, ReceivedModel } from '../../src/index.ts'

/** Messages that a sender has under way before it waits for the first of them. */
const WINDOW = 1_024

let node: NebulaNode
let model: ModelInfo
let receiving: Promise<number>
let arrival: Promise<{ at: number; model: ReceivedModel }>
let arrivals: number[] = []

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
      const at = now()

      arrivals.push(at)

      if (message.fields.response !== numbered(next, characters)) {
        reject(new Error(`message ${next} is "${message.fields.response}"`))
      }

      if (++next === count) {
        resolve(at)
        node.nebula.removeEventListener('message:response', onMessage)
      }
    }

    arrivals = []
    node.nebula.addEventListener('message:response', onMessage)
    receiving = promise
    receiving.catch(() => {})
  },

  async received(): Promise<number> {
    return receiving
  },

  /** When each message came. */
  async arrivals(): Promise<number[]> {
    return arrivals
  },

  async sendMessages(count: number, characters: number): Promise<number> {
    const peer = neighbour()
    const sending: Array<Promise<void>> = []
    const start = now()

    for (let i = 0; i < count; i++) {
      await sending[i % WINDOW]
      sending[i % WINDOW] = sendMessage(peer, i, characters)
    }

    await Promise.all(sending)

    return start
  },

  /** Sends one urgent message after another. @returns when each was sent */
  async sendUrgent(count: number, characters: number, interval: number): Promise<number[]> {
    const times: number[] = []
    const sending: Array<Promise<void>> = []
    const peer = neighbour()

    for (let i = 0; i < count; i++) {
      await new Promise<void>((resolve) => setTimeout(resolve, interval))
      times.push(now())
      sending.push(sendMessage(peer, i, characters, 'high'))
    }

    await Promise.all(sending)

    return times
  },

  async prepare(bytes: number, seed: number, round = 0): Promise<string> {
    const payload = incompressible(bytes, seed)

    model = await node.nebula.createModel({ payload, round })

    return sha256([payload])
  },

  /** As `prepare`, from a file, which is written first if the bytes are given. */
  async prepareFile(path: string, bytes = 0): Promise<void> {
    if (bytes > 0) {
      await writeFile(path, incompressible(bytes))
    }

    model = await node.nebula.createModel({ payload: { path }, round: 0 })
  },

  async expectBulk(): Promise<void> {
    arrival = new Promise((resolve) => {
      const done = ({ detail }: CustomEvent<ReceivedModel>): void => {
        resolve({ at: now(), model: detail })
        node.nebula.removeEventListener('model:update', done)
        node.nebula.removeEventListener('model:initialization', done)
      }

      node.nebula.addEventListener('model:update', done)
      node.nebula.addEventListener('model:initialization', done)
    })
  },

  /** Sends what was prepared to all neighbours. */
  async sendBulk(): Promise<number> {
    const start = now()

    await node.nebula.sendModel(node.nebula.peers({ onlyDirect: true }), model)

    return start
  },

  async bulk(): Promise<Arrival> {
    const { at, model: got } = await arrival

    return { at, sha256: sha256([await got.bytes()]) }
  },

  /** As `prepareFile` and `sendBulk`. @returns bytes that the process had grown by, at most */
  async growthOfSendingFile(path: string): Promise<number> {
    const watch = new RssWatch()

    await api.prepareFile(path)
    await api.sendBulk()

    return watch.stop()
  }
}

function neighbour(): ReturnType<NebulaNode['nebula']['peers']>[number] {
  const [peer] = node.nebula.peers()

  assert.ok(peer)

  return peer
}

async function sendMessage(
  peer: ReturnType<typeof neighbour>,
  index: number,
  characters: number,
  priority?: 'high'
): Promise<void> {
  const { nebula } = node

  await nebula.send(peer, nebula.createMessage('response', '', { response: numbered(index, characters) }), {
    priority
  })
}

export type OverlayEnd = typeof api & MessageEnd & BulkEnd

serve(api)
