import assert from 'node:assert/strict'
import { createPeerId } from '../../support/create-peer-id.ts'
import { next, until } from '../../support/overlay-nodes.ts'
import { link } from '../federation.ts'
import type { messages } from '../../../scripts/reference/entries/messages.ts'
import type { MessageType, NebulaEvents, ReceivedMessage } from '../../../src/index.ts'
import type { Checks } from '../check.ts'

/** Models have events of their own. */
const OTHER_EVENTS: Readonly<Record<string, string>> = {
  'model:': 'model:update',
  'offer:offer_model': 'model:offer'
}

export const messagesChecks: Checks<typeof messages> = {
  createMessage: async ({ alice }) => {
    assert.partialDeepStrictEqual(alice.overlay.createMessage('control'), {
      type: 'control',
      action: 'alive',
      fields: { log: 'Control message' }
    })
    assert.partialDeepStrictEqual(alice.overlay.createMessage('offer', 'offer_metric', { loss: 0.5 }), {
      fields: { loss: 0.5, rounds: 1, round: -1, epochs: 1 }
    })
    assert.throws(() => alice.overlay.createMessage('control', 'dead' as 'alive'), {
      name: 'InvalidMessageError'
    })
  },

  messagesEvents: async (federation) => {
    const { bob } = federation
    const newcomer = await federation.newcomer()
    const raised = new Set<string>()
    const messages = Object.entries(newcomer.overlay.getMessagesEvents()).flatMap(([type, actions]) =>
      (actions.length === 0 ? [''] : actions).map((action) => ({ type, action }))
    )
    const nameOf = ({ type, action }: { type: string; action: string }): keyof NebulaEvents =>
      (OTHER_EVENTS[`${type}:${action}`] ??
        `message:${type}${action === '' ? '' : `:${action}`}`) as keyof NebulaEvents

    // those of the reference, and three of `app`
    assert.equal(messages.length, 32)
    await link(bob, newcomer)

    for (const message of messages) {
      newcomer.overlay.addEventListener(nameOf(message), () => raised.add(nameOf(message)))
    }

    // the goodbye comes last
    for (const { type, action } of messages.sort((a, b) => Number(isGoodbye(a)) - Number(isGoodbye(b)))) {
      await bob.overlay.send(newcomer.peerId, bob.overlay.createMessage(type as MessageType, action as ''))
    }

    await until('the goodbye', () => raised.has('message:connection:disconnect'))
    assert.deepEqual([...raised].sort(), messages.map(nameOf).sort())
  },

  handleIncomingMessage: async (federation) => {
    const { dave, erin } = federation
    const banned = await federation.newcomer()
    const newcomer = await federation.newcomer()
    const sources: string[] = []

    await link(banned, dave)
    await link(newcomer, dave)
    await newcomer.overlay.addToBlacklist(banned.peerId)
    newcomer.overlay.addEventListener('message', ({ detail: { source, message } }) => {
      if (message.type === 'federation') {
        sources.push(String(source))
      }
    })

    // both go by way of dave, which keeps their order
    const start = next(erin, 'message:federation:federation_start')

    await banned.overlay.send(dave.peerId, banned.overlay.createMessage('federation', 'federation_start'))
    await start

    const included = next(newcomer, 'message:federation:federation_models_included')

    await erin.overlay.send(
      dave.peerId,
      erin.overlay.createMessage('federation', 'federation_models_included')
    )
    await included
    assert.deepEqual(sources, [String(erin.peerId)])
  },

  handleMessage: async ({ alice, bob }) => {
    const raised: string[] = []
    const listener = ({ type, detail: { source, message } }: CustomEvent<ReceivedMessage>): void => {
      // keepalives come too
      if (message.type === 'control' && message.fields.log === 'hello') {
        raised.push(`${type} of ${source}`)
      }
    }

    bob.overlay.addEventListener('message', listener)
    bob.overlay.addEventListener('message:control:alive', listener)
    await alice.overlay.send(bob.peerId, alice.overlay.createMessage('control', 'alive', { log: 'hello' }))
    await until('both are raised', () => raised.length === 2)
    assert.deepEqual(raised, [`message of ${alice.peerId}`, `message:control:alive of ${alice.peerId}`])
  },

  handleModelMessage: async (federation) => {
    const { bob } = federation
    const newcomer = await federation.newcomer()
    const raised: string[] = []

    await link(bob, newcomer)

    for (const type of ['model:initialization', 'model:update'] as const) {
      newcomer.overlay.addEventListener(type, ({ detail }) => {
        // bob may also offer the first model of another node
        if (detail.source.equals(bob.peerId)) {
          raised.push(`${type} ${detail.round}`)
        }
      })
    }

    for (const round of [-1, 3]) {
      await bob.overlay.sendModel([newcomer.peerId], { payload: Buffer.from(`of round ${round}`), round })
    }

    await until('both models', () => raised.length === 2)
    assert.deepEqual(raised, ['model:initialization -1', 'model:update 3'])
  },

  receivedMessageHash: async (federation) => {
    const newcomer = await federation.newcomer({ messages: { maxLocalMessages: 2 } })
    const source = await createPeerId()
    const duplicates: string[] = []

    newcomer.overlay.addEventListener('message:duplicate', ({ detail }) =>
      duplicates.push(String(detail.source))
    )
    assert.equal(newcomer.overlay.includeReceivedMessageHash('a', source), true)
    assert.equal(newcomer.overlay.includeReceivedMessageHash('a', source), false)
    assert.deepEqual(duplicates, [String(source)])
    assert.equal(newcomer.overlay.includeReceivedMessageHash('b', source), true)
    assert.equal(newcomer.overlay.includeReceivedMessageHash('c', source), true)
    // two are kept
    assert.equal(newcomer.overlay.includeReceivedMessageHash('a', source), true)

    const said = federation.bob.overlay.createMessage('federation', 'reputation')
    let heard = 0

    newcomer.overlay.addEventListener('message:federation:reputation', () => heard++)
    await link(newcomer, federation.bob)
    await federation.bob.overlay.send(newcomer.peerId, said)
    await federation.bob.overlay.send(newcomer.peerId, said)
    await until('what was said twice', () => heard === 2)
    assert.equal(duplicates.length, 1)
  },

  forwardMessage: async (federation) => {
    const proxy = await federation.newcomer({ proxy: true })
    const end = await federation.newcomer()
    const { bob } = federation
    const sources = new Map<string, string>()

    await link(proxy, bob)
    await link(proxy, end)
    end.overlay.addEventListener('message', ({ detail: { message, source } }) =>
      sources.set(message.type, String(source))
    )

    const start = next(end, 'message:federation:federation_start')

    // a proxy keeps the first to itself
    await bob.overlay.send(proxy.peerId, bob.overlay.createMessage('control', 'overhead'))
    await bob.overlay.send(proxy.peerId, bob.overlay.createMessage('federation', 'federation_start'))
    assert.ok((await start).from.equals(proxy.peerId))
    assert.equal(sources.get('federation'), String(bob.peerId))
    assert.notEqual(sources.get('control'), String(bob.peerId))

    const own = next(end, 'message:reputation:share', ({ source }) => source.equals(proxy.peerId))
    const heard: string[] = []

    bob.overlay.addEventListener('message:reputation:share', ({ detail }) =>
      heard.push(String(detail.source))
    )
    assert.equal(
      await proxy.overlay.forwardMessage(proxy.overlay.createMessage('reputation'), { from: bob.peerId }),
      true
    )
    await own
    assert.deepEqual(heard, [])
    await assert.rejects(proxy.overlay.forwardMessage(proxy.overlay.createMessage('control')), {
      name: 'NotForwardableError',
      reason: 'type'
    })
  },

  sendMessage: async (federation) => {
    const { bob, erin } = federation
    const newcomer = await federation.newcomer({ models: { maxParallelSends: 1 } })
    const message = newcomer.overlay.createMessage('control', 'overhead')
    const heard = next(bob, 'message:control:overhead')

    await assert.rejects(newcomer.overlay.send(bob.peerId, message), { name: 'NotLinkedError' })
    await link(newcomer, bob)
    await link(newcomer, erin)
    await newcomer.overlay.send(bob.peerId, message)
    assert.ok((await heard).source.equals(newcomer.peerId))

    const progress: string[] = []
    const received = Promise.all([bob, erin].map(async (member) => next(member, 'model:update')))
    const delivered = await newcomer.overlay.sendModel(
      [bob.peerId, erin.peerId],
      { payload: Buffer.alloc(3_000_000, 'model'), round: 1 },
      { onProgress: (peer) => progress.push(String(peer)) }
    )

    assert.deepEqual(
      delivered.map(({ outcome }) => outcome),
      ['delivered', 'delivered']
    )
    // one after the other
    assert.deepEqual(
      progress.filter((peer, i) => peer !== progress[i - 1]),
      [bob.peerId, erin.peerId].map(String)
    )

    for (const model of await received) {
      assert.equal((await model.bytes()).length, 3_000_000)
    }
  },

  sendToNeighbours: async (federation) => {
    const { alice, bob, carol, dave } = federation
    const heard: string[] = []
    const message = alice.overlay.createMessage('control', 'mobility')

    for (const [name, member] of Object.entries({ bob, carol, dave })) {
      member.overlay.addEventListener('message:control:mobility', () => heard.push(name))
    }

    const began = performance.now()

    await alice.overlay.sendToNeighbours(message, { interval: 50 })
    // a timer may be a millisecond early
    assert.ok(performance.now() - began >= 49)
    await until('both neighbours have it', () => heard.length === 2)
    await alice.overlay.sendToNeighbours(message, { peers: [carol.peerId] })
    await until('the third has it', () => heard.length === 3)
    assert.deepEqual([heard.slice(0, 2).sort(), heard[2]], [['bob', 'dave'], 'carol'])
    await assert.rejects(alice.overlay.sendToNeighbours(message, { peers: [await createPeerId()] }), {
      name: 'AggregateError'
    })
  }
}

function isGoodbye({ type, action }: { type: string; action: string }): boolean {
  return type === 'connection' && action === 'disconnect'
}
