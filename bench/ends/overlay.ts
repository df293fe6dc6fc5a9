/** A node of the product: what other processes may ask of it. */
import { strict as assert } from 'node:assert'
import { writeFile } from 'node:fs/promises'
import { multiaddr } from '@multiformats/multiaddr'
import { createNode } from '../../src/node/index.ts'
import { now } from '../now.ts'
import { serve } from '../serve.ts'
import { incompressible, numbered, sha256 } from './payload.ts'
import { Arriving } from './arriving.ts'
import { RssWatch } from './rss-watch.ts'
import type { Arrival, BulkEnd, Encryption, MessageEnd, Storage } from './end.ts'
import type { NebulaNode } from '../../src/node/index.ts'
import type { ModelInfo, ReceivedModel } from '../../src/index.ts'

/** Messages that a sender has under way before it waits for the first of them. */
const WINDOW = 1_024

let node: NebulaNode
let model: ModelInfo
let messages: Arriving | undefined
let arrival: Promise<{ at: number; model: ReceivedModel }>

const api = {
  async start(encryption: Encryption[], storage: Storage = 'disk'): Promise<string> {
    node = await createNode({
      listen: ['/ip4/127.0.0.1/tcp/0'],
      transports: ['tcp'],
      // what is measured would pass for a flood
      score: { maxMessageRate: 1_000_000, maxMessageBurst: 1_000_000 },
      mdns: { enabled: false },
      models: { storage },
      encryption
    })

    return String(node.libp2p.getMultiaddrs()[0])
  },

  async connect(address: string): Promise<void> {
    await node.nebula.connect(multiaddr(address))
  },

  async expectMessages(count: number, characters: number): Promise<void> {
    messages?.stop()
    messages = new Arriving(node.nebula, count, characters)
  },

  async received(): Promise<number> {
    return (await messages?.all)?.at(-1) ?? Infinity
  },

  /** When each of the first messages came; waits for them. */
  async arrivals(count: number): Promise<number[]> {
    return (await messages?.first(count)) ?? []
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
    return sendUrgent(characters, interval, (sent) => sent < count)
  },

  /** Sends what was prepared, and urgent messages for as long as it takes. @returns when each was sent */
  async sendUrgentBesideBulk(characters: number, interval: number): Promise<number[]> {
    let over = false
    const sending = api.sendBulk().finally(() => (over = true))
    const times = await sendUrgent(characters, interval, () => !over)

    await sending

    return times
  },

  async prepare(bytes: number, seed: number, round = 0): Promise<string> {
    const payload = incompressible(bytes, seed)

    model = await node.nebula.createModel({ payload, round })

    return sha256([payload])
  },

  /** @returns the hash of the file */
  async writeFile(path: string, bytes: number): Promise<string> {
    const payload = incompressible(bytes)

    await writeFile(path, payload)

    return sha256([payload])
  },

  async prepareFile(path: string): Promise<void> {
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
} satisfies MessageEnd & BulkEnd

async function sendUrgent(
  characters: number,
  interval: number,
  goesOn: (sent: number) => boolean
): Promise<number[]> {
  const times: number[] = []
  const sending: Array<Promise<void>> = []
  const peer = neighbour()

  while (goesOn(times.length)) {
    times.push(now())
    sending.push(sendMessage(peer, sending.length, characters, 'high'))
    await new Promise<void>((resolve) => setTimeout(resolve, interval))
  }

  await Promise.all(sending)

  return times
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

export type OverlayEnd = typeof api

serve(api)
