import { once } from 'node:events'
import { createServer } from 'node:net'
import { createMessage } from '../../../src/messages/index.ts'
import { createOverlayNode, has, until, withNodes } from '../../support/overlay-nodes.ts'
import { Messages } from './messages-of.ts'
import type { Message, NebulaInit } from '../../../src/index.ts'
import type { OverlayNode } from '../../support/overlay-nodes.ts'
import type { AddressInfo, Server, Socket } from 'node:net'

/** Two linked nodes and one apart, which the second may be told of; `init` is that of the second. */
export async function three(
  init: NebulaInit,
  run: (a: OverlayNode, b: OverlayNode, c: OverlayNode) => Promise<void>,
  direct = true
): Promise<void> {
  await withNodes(
    [createOverlayNode(), createOverlayNode(init), createOverlayNode()],
    async (a: OverlayNode, b: OverlayNode, c: OverlayNode) => {
      await a.services.nebula.connect(b.getMultiaddrs(), { direct })
      await until('both have the link', () => has(b, a.peerId))
      await run(a, b, c)
    }
  )
}

/**
 * Sends a message and one after it: when the second is there the first has been
 * reacted to, as far as that is done at once. What a link message makes a node
 * do takes longer.
 */
export async function tell(from: OverlayNode, to: OverlayNode, message: Message): Promise<void> {
  const messages = new Messages(to)

  await from.services.nebula.send(to.peerId, message)
  await from.services.nebula.send(to.peerId, createMessage('control', 'overhead'))
  await messages.reach(2)
}

/** Resolves when a link message that has an effect, and was sent after those that must have none, is followed. */
export async function followed(from: OverlayNode, to: OverlayNode): Promise<void> {
  await withNodes([createOverlayNode()], async (other: OverlayNode) => {
    await from.services.nebula.send(to.peerId, connectTo(addressOf(other)))
    await until('the link is made', () => has(to, other.peerId))
  })
}

/** Takes longer than to follow a link message: the node makes another link, from the dial on. */
export async function anotherLink(node: OverlayNode): Promise<void> {
  await withNodes([createOverlayNode()], async (other: OverlayNode) => {
    await node.services.nebula.connect(other.getMultiaddrs())
  })
}

export function connectTo(...targets: Array<{ toString(): string }>): Message {
  return createMessage('link', 'connect_to', { addrs: targets.join(' ') })
}

export function disconnectFrom(...targets: Array<{ toString(): string }>): Message {
  return createMessage('link', 'disconnect_from', { addrs: targets.join(' ') })
}

export function addressOf(node: OverlayNode): string {
  return node.getMultiaddrs().join(' ').split(' ')[0] ?? ''
}

/** What `node` has counted of what `peer` does above its rate, of which some is forgotten each second of its clock. */
export function rateOf(node: OverlayNode, peer: OverlayNode): number {
  const { terms } = node.services.nebula.explainScore(peer.peerId)

  // it has decayed a little since
  return Math.ceil(terms.find(({ name }) => name === 'rate')?.counter ?? 0)
}

/** A host that is no node: it takes connections, says nothing and ends them, at once or when it is told to. */
export class Listener {
  readonly #server: Server
  readonly #held = new Set<Socket>()
  connections = 0

  private constructor(server: Server, holds: boolean) {
    this.#server = server
    server.on('connection', (socket) => {
      this.connections++
      socket.on('error', () => {})
      this.#held.add(socket)

      if (!holds) {
        this.letGo()
      }
    })
  }

  static async start({ holds = false } = {}): Promise<Listener> {
    const server = createServer()

    server.listen(0, '127.0.0.1')
    await once(server, 'listening')

    return new Listener(server, holds)
  }

  get addr(): string {
    return `/ip4/127.0.0.1/tcp/${(this.#server.address() as AddressInfo).port}`
  }

  letGo(): void {
    this.#held.forEach((socket) => socket.destroy())
    this.#held.clear()
  }

  async stop(): Promise<void> {
    this.letGo()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
