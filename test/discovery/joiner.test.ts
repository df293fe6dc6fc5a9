import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import { TypedEventEmitter } from 'main-event'
import { Joiner } from '../../src/discovery/index.ts'
import { Warnings } from '../../src/warnings/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { JoinerInit } from '../../src/discovery/types.ts'
import type { LinkRedial } from '../../src/index.ts'
import type { LinkManager } from '../../src/links/index.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

const ADDR = multiaddr('/ip4/192.0.2.1/tcp/4001')

/** Links as the joiner sees them; whether a dial succeeds is the test's to say. */
class Links extends TypedEventEmitter<{ open: CustomEvent; close: CustomEvent; unwanted: CustomEvent }> {
  readonly dialled: string[] = []
  readonly steps: string[] = []
  readonly open = new Map<string, { peer: PeerId; direct: boolean }>()
  fail?: (peer: string) => Error | undefined
  /** Dials that do not end before this does. */
  wait?: Promise<void>

  readonly links = { get: (peer: PeerId) => this.open.get(peer.toString()) }

  async connect(
    target: Multiaddr[],
    { direct, signal }: { direct: boolean; signal?: AbortSignal }
  ): Promise<unknown> {
    const key = target[0]?.toString().split('/p2p/')[1] ?? ''

    this.dialled.push(key)
    this.steps.push(`connect ${direct ? 'direct' : 'undirected'}`)
    await this.wait
    signal?.throwIfAborted()

    const error = this.fail?.(key)

    if (error != null) {
      throw error
    }

    const { peerIdFromString } = await import('@libp2p/peer-id')
    const link = this.open.get(key) ?? { peer: peerIdFromString(key), direct }

    this.open.set(key, link)

    return link
  }

  async setDirect(peer: PeerId): Promise<void> {
    this.steps.push('upgrade')
    this.open.set(peer.toString(), { peer, direct: true })
  }

  /** @param openedAt - by default the link was a short one */
  lose(peer: PeerId, reason: string, goodbye?: string, openedAt = Infinity): void {
    const direct = this.open.get(peer.toString())?.direct ?? false

    this.open.delete(peer.toString())
    this.dispatchEvent(
      new CustomEvent('close', { detail: { link: { peer, openedAt, direct }, reason, goodbye } })
    )
  }
}

interface Scene {
  joiner: Joiner
  links: Links
  clock: ManualClock
  failures: string[]
  /** Members of which it is told that they cannot be joined, in the order of telling. */
  told: string[]
}

async function scene(init: Partial<JoinerInit>, run: (scene: Scene) => Promise<void>): Promise<void> {
  const links = new Links()
  const clock = new ManualClock()
  const failures: string[] = []
  const told: string[] = []
  const warnings = new Warnings({ logger: defaultLogger() })

  warnings.addEventListener('raised', ({ detail }) => told.push(`+${detail.code} ${detail.subject}`))
  warnings.addEventListener('ended', ({ detail }) => told.push(`-${detail.code} ${detail.subject}`))

  const joiner = new Joiner(
    {
      linkManager: links as unknown as LinkManager,
      messenger: {
        send: async (_peer: PeerId, message: { action: string }) => {
          links.steps.push(message.action)
        }
      },
      logger: defaultLogger(),
      warnings
    },
    {
      clock,
      random: () => 0,
      mayJoin: () => true,
      onFailure: ({ error }) => failures.push(error.message),
      ...init
    }
  )

  joiner.start()

  try {
    // what was given is tried at once
    await clock.advance(0)
    await run({ joiner, links, clock, failures, told })
  } finally {
    joiner.stop()
    assert.equal(clock.pending, 0)
  }
}

const given = (peer: PeerId): Multiaddr => ADDR.encapsulate(`/p2p/${peer}`)

describe('Joiner', () => {
  it('links a found member undirected, says discover_join, and makes the link direct where it is to be', async () => {
    for (const [direct, steps] of [
      [false, ['connect undirected', 'discover_join']],
      [true, ['connect undirected', 'discover_join', 'upgrade']]
    ] as const) {
      await scene({ direct }, async ({ joiner, links, clock }) => {
        joiner.found({ id: await createPeerId(), multiaddrs: [ADDR] })
        await clock.advance(0)
        assert.deepEqual(links.steps, steps)
      })
    }
  })

  it('dials a peer that is found again and again once', async () => {
    await scene({}, async ({ joiner, links, clock }) => {
      const id = await createPeerId()

      for (let i = 0; i < 5; i++) {
        joiner.found({ id, multiaddrs: [multiaddr(`/ip4/192.0.2.1/tcp/${4_001 + i}`)] })
        await clock.advance(10_000)
      }

      assert.equal(links.dialled.length, 1)
    })
  })

  it('tries again with delays that double up to the maximum, and announcements do not hasten it', async () => {
    await scene({ retryDelay: 1_000, maxRetryDelay: 4_000 }, async ({ joiner, links, clock }) => {
      const id = await createPeerId()
      const tries: number[] = []

      links.fail = () => new Error('nobody there')
      joiner.found({ id, multiaddrs: [ADDR] })
      await clock.advance(0)

      for (let second = 1; second <= 16; second++) {
        joiner.found({ id, multiaddrs: [multiaddr(`/ip4/192.0.2.1/tcp/${second}`)] })
        const before = links.dialled.length
        await clock.advance(1_000)

        if (links.dialled.length > before) {
          tries.push(second)
        }
      }

      assert.deepEqual(tries, [1, 3, 7, 11, 15])
    })
  })

  it('tells each failure of an address that was given, and never gives it up', async () => {
    const peer = await createPeerId()

    await scene(
      { directDial: [given(peer)], retryDelay: 1_000, maxRetryDelay: 1_000 },
      async ({ links, clock, failures }) => {
        assert.deepEqual(links.steps, ['connect direct', 'discover_join'])
        links.fail = () => new Error('nobody there')
        links.lose(peer, 'connection-lost')
        await clock.advance(10_000)
        assert.equal(failures.length, 10)
      }
    )
  })

  for (const [name, reason, goodbye, dialsAfter] of [
    ['at once when the connection was lost', 'connection-lost', undefined, [2, 2]],
    ['at once when the peer was stopped', 'remote', 'SHUTTING_DOWN', [2, 2]],
    ['after the hold-off when this node disconnected it', 'requested', undefined, [1, 2]],
    ['after the hold-off when it said goodbye on request', 'remote', 'REQUESTED', [1, 2]],
    ['not by itself when the link was idle', 'inactive', undefined, [1, 1]],
    ['not by itself when the link was idle for the peer', 'inactive', 'INACTIVE', [1, 1]]
  ] as const) {
    it(`dials a peer again ${name}, whether found or given`, async () => {
      for (const how of ['found', 'given'] as const) {
        const id = await createPeerId()
        const init = { holdOff: 60_000, ...(how === 'given' ? { dial: [given(id)] } : {}) }

        await scene(init, async ({ joiner, links, clock }) => {
          if (how === 'found') {
            joiner.found({ id, multiaddrs: [ADDR] })
            await clock.advance(0)
          }

          links.lose(id, reason, goodbye)

          const dials: number[] = []

          for (const wait of [5_000, 120_000]) {
            await clock.advance(wait)
            dials.push(links.dialled.length)
          }

          assert.deepEqual(dials, dialsAfter)
        })
      }
    })
  }

  it('wakes a peer that rests when it is found anew, given or not, and makes no second target of it', async () => {
    const id = await createPeerId()

    await scene({ dial: [given(id)] }, async ({ joiner, links, clock }) => {
      links.lose(id, 'inactive')
      await clock.advance(500_000)
      joiner.found({ id, multiaddrs: [ADDR] })
      await clock.advance(5_000)
      assert.equal(links.dialled.length, 2)
    })
  })

  it('leaves a node that is none of the overlay alone until it is found anew, and then more and more rarely', async () => {
    await scene({ retryDelay: 1_000, maxRetryDelay: 64_000 }, async ({ joiner, links, clock }) => {
      const id = await createPeerId()

      links.fail = () => Object.assign(new Error('no'), { name: 'UnsupportedProtocolError' })

      for (let second = 0; second < 60; second++) {
        joiner.found({ id, multiaddrs: [multiaddr(`/ip4/192.0.2.1/tcp/${second + 1}`)] })
        await clock.advance(1_000)
      }

      assert.ok(links.dialled.length <= 7, `${links.dialled.length} dials in a minute`)
    })
  })

  it('waits longer and longer for a peer whose links do not last, and no longer after one that did', async () => {
    await scene({ retryDelay: 1_000, maxRetryDelay: 8_000 }, async ({ joiner, links, clock }) => {
      const id = await createPeerId()
      const waits: number[] = []
      const redialled = async (): Promise<number> => {
        const before = links.dialled.length

        for (let waited = 1; ; waited++) {
          await clock.advance(1_000)

          if (links.dialled.length > before) {
            return waited
          }
        }
      }

      joiner.found({ id, multiaddrs: [ADDR] })
      await clock.advance(0)

      for (const lasted of [0, 0, 0, 0, 8_000, 0]) {
        await clock.advance(lasted)
        links.lose(id, 'connection-lost', undefined, clock.now() - lasted)
        waits.push(await redialled())
      }

      assert.deepEqual(waits, [1, 2, 4, 8, 1, 2])
    })
  })

  it('makes a link direct again that somebody had made direct, once it is lost, and not once it is ended', async () => {
    for (const [reason, direct] of [
      ['connection-lost', true],
      ['silent', true],
      ['remote', false]
    ] as const) {
      await scene({}, async ({ joiner, links, clock }) => {
        const id = await createPeerId()

        joiner.found({ id, multiaddrs: [ADDR] })
        await clock.advance(0)
        links.open.set(id.toString(), { peer: id, direct: true })
        links.lose(id, reason)
        await clock.advance(2_000)
        assert.equal(links.links.get(id)?.direct, direct, reason)
      })
    }
  })

  for (const name of ['given', 'found'] as const) {
    it(`tells each dial of a peer that was ${name} and whose link was lost, until there is one again`, async () => {
      const id = await createPeerId()
      const redials: Array<[number, number, number]> = []
      const ended: string[] = []
      const failed: string[] = []
      const init = {
        dial: name === 'given' ? [given(id)] : [],
        retryDelay: 1_000,
        maxRetryDelay: 1_000,
        redialAttempts: 2,
        redialRounds: 2,
        onRedial: ({ round, attempt, retryAt }: LinkRedial) => redials.push([round, attempt, retryAt]),
        onReconnectEnd: (peer: PeerId) => ended.push(peer.toString()),
        onRoundsFailed: (peer: PeerId) => failed.push(peer.toString())
      }

      await scene(init, async ({ joiner, links, clock }) => {
        joiner.found({ id, multiaddrs: [ADDR] })
        await clock.advance(2_000)
        assert.deepEqual([joiner.reconnects(id), redials], [false, []])

        links.fail = () => new Error('nobody there')

        const lost = clock.now()

        links.lose(id, 'connection-lost', undefined, lost - 5_000)
        assert.deepEqual([joiner.reconnects(id), joiner.isHopeful(id)], [true, true])
        assert.deepEqual(redials[0], [1, 1, lost + 1_000])

        for (let dials = 1; dials <= 4; dials++) {
          await clock.advance(1_000)
        }

        assert.deepEqual(
          [...new Set(redials.map(([round, attempt]) => `${round}.${attempt}`))],
          ['1.1', '1.2', '2.1', '2.2', '3.1']
        )
        assert.deepEqual([failed[0], joiner.reconnects(id), joiner.isHopeful(id)], [String(id), true, false])

        links.fail = undefined
        await clock.advance(1_000)
        assert.deepEqual([joiner.reconnects(id), ended[0]], [false, String(id)])

        const told = redials.length

        await clock.advance(10_000)
        assert.equal(redials.length, told)
      })
    })
  }

  it('does not reconnect whom this node, or the peer, does not want any more', async () => {
    const id = await createPeerId()

    await scene({ dial: [given(id)], retryDelay: 1_000 }, async ({ joiner, links, clock }) => {
      for (const reason of ['remote', 'inactive', 'requested'] as const) {
        await clock.advance(100_000)
        links.lose(id, reason)
        assert.equal(joiner.reconnects(id), false, reason)
        joiner.found({ id, multiaddrs: [ADDR] })
      }

      await clock.advance(100_000)
      links.lose(id, 'connection-lost')
      links.dispatchEvent(new CustomEvent('unwanted', { detail: id }))
      assert.equal(joiner.reconnects(id), false)

      await clock.advance(100_000)
      links.lose(id, 'connection-lost')
      links.fail = () => Object.assign(new Error('banned'), { reason: 'BLACKLISTED' })
      assert.equal(joiner.reconnects(id), true)
      await clock.advance(100_000)
      assert.equal(joiner.reconnects(id), false)
    })
  })

  it('says whom it cares for, which nobody else then dials', async () => {
    const [found, named, stranger] = await Promise.all([createPeerId(), createPeerId(), createPeerId()])

    await scene({ dial: [given(named)] }, async ({ joiner }) => {
      joiner.found({ id: found, multiaddrs: [ADDR] })
      assert.deepEqual(
        [found, named, stranger].map((peer) => joiner.caresFor(peer)),
        [true, true, false]
      )
      joiner.stop()
      assert.equal(joiner.caresFor(found), false)
    })
  })

  it('leaves a peer alone that is neither reached nor announced any more, until it is found anew', async () => {
    const [proven, unproven] = await Promise.all([createPeerId(), createPeerId()])
    const givenUp: string[] = []
    let present = true
    const init = {
      maxRetryDelay: 1_000,
      isPresent: () => present,
      onGiveUp: (peer: PeerId) => givenUp.push(peer.toString())
    }

    await scene(init, async ({ joiner, links, clock }) => {
      joiner.found({ id: proven, multiaddrs: [ADDR] })
      await clock.advance(0)
      links.fail = () => new Error('nobody there')
      joiner.found({ id: unproven, multiaddrs: [ADDR] })
      links.lose(proven, 'connection-lost')
      await clock.advance(60_000)
      assert.ok(links.dialled.length > 100, 'it is tried as long as it is announced')

      present = false
      await clock.advance(2_000)

      const { length } = links.dialled

      await clock.advance(60_000)
      assert.equal(links.dialled.length, length)
      assert.deepEqual(givenUp, [proven.toString()])

      present = true
      links.fail = undefined
      joiner.found({ id: proven, multiaddrs: [ADDR] })
      await clock.advance(1_000)
      assert.ok(links.links.get(proven) != null)
    })
  })

  it('links members that were given like those that are found', async () => {
    const peer = await createPeerId()

    await scene({ members: [given(peer)], direct: true }, async ({ links }) => {
      assert.deepEqual(links.steps, ['connect undirected', 'discover_join', 'upgrade'])
    })
  })

  it('asks once over a link, however often what follows fails', async () => {
    await scene({ direct: true, retryDelay: 1_000 }, async ({ joiner, links, clock }) => {
      const id = await createPeerId()
      let refusals = 3

      links.setDirect = async (peer) => {
        links.steps.push('upgrade')

        if (refusals-- > 0) {
          throw new Error('not yet')
        }

        Object.assign(links.open.get(peer.toString()) ?? {}, { direct: true })
      }
      joiner.found({ id, multiaddrs: [ADDR] })
      await clock.advance(0)
      await clock.advance(60_000)
      assert.deepEqual(links.steps, [
        'connect undirected',
        'discover_join',
        'upgrade',
        ...Array.from({ length: 3 }, () => ['connect undirected', 'upgrade']).flat()
      ])
    })
  })

  it('sends nothing but what the link is made of when told so', async () => {
    await scene({ sendDiscover: false }, async ({ joiner, links, clock }) => {
      joiner.found({ id: await createPeerId(), multiaddrs: [ADDR] })
      await clock.advance(0)
      assert.deepEqual(links.steps, ['connect undirected'])
    })
  })

  it('waits as long as it can for a refusal that lasts', async () => {
    await scene({ retryDelay: 1_000, maxRetryDelay: 30_000 }, async ({ joiner, links, clock }) => {
      links.fail = () => Object.assign(new Error('no'), { reason: 'FEDERATION_MISMATCH' })
      joiner.found({ id: await createPeerId(), multiaddrs: [ADDR] })
      await clock.advance(0)
      await clock.advance(29_999)
      assert.equal(links.dialled.length, 1)
      await clock.advance(1)
      assert.equal(links.dialled.length, 2)
    })
  })

  it('tells once of a found member that cannot be joined, and when it can be', async () => {
    await scene(
      { retryDelay: 1_000, maxRetryDelay: 4_000 },
      async ({ joiner, links, clock, told, failures }) => {
        const id = await createPeerId()

        links.fail = () => new Error('no route to host')
        joiner.found({ id, multiaddrs: [ADDR] })
        await clock.advance(0)
        await clock.advance(1_000)
        assert.deepEqual([links.dialled.length, told], [2, []])
        await clock.advance(60_000)
        assert.deepEqual(told, [`+member-not-joined ${id}`])
        assert.deepEqual(failures, [])

        links.fail = undefined
        await clock.advance(4_000)
        assert.deepEqual(told, [`+member-not-joined ${id}`, `-member-not-joined ${id}`])
      }
    )
  })

  it('tells of it at once when the refusal lasts, and that it is over when the member makes the link', async () => {
    await scene({}, async ({ joiner, links, clock, told }) => {
      const id = await createPeerId()

      links.fail = () => Object.assign(new Error('no'), { reason: 'FEDERATION_MISMATCH' })
      joiner.found({ id, multiaddrs: [ADDR] })
      await clock.advance(0)
      assert.deepEqual(told, [`+member-not-joined ${id}`])

      links.open.set(id.toString(), { peer: id, direct: true })
      links.dispatchEvent(new CustomEvent('open', { detail: { peer: id } }))
      assert.deepEqual(told, [`+member-not-joined ${id}`, `-member-not-joined ${id}`])
    })
  })

  it('does not tell of what one of the two wants so', async () => {
    for (const reason of ['RECENTLY_DISCONNECTED', 'LEARNING_FINISHED', 'SHUTTING_DOWN']) {
      await scene({}, async ({ joiner, links, clock, told }) => {
        links.fail = () => Object.assign(new Error('no'), { reason })
        joiner.found({ id: await createPeerId(), multiaddrs: [ADDR] })
        await clock.advance(0)
        await clock.advance(300_000)
        assert.ok(links.dialled.length > 3)
        assert.deepEqual(told, [])
      })
    }

    await scene({ mayJoin: () => false }, async ({ joiner, clock, told }) => {
      joiner.found({ id: await createPeerId(), multiaddrs: [ADDR] })
      await clock.advance(0)
      await clock.advance(300_000)
      assert.deepEqual(told, [])
    })
  })

  it('tells no longer of a member that is gone, was forgotten for others, or is not looked for any more', async () => {
    const [gone, forgotten, other] = [await createPeerId(), await createPeerId(), await createPeerId()]
    let present = true

    await scene({ isPresent: () => present, maxPeers: 1 }, async ({ joiner, links, clock, told }) => {
      links.fail = () => new Error('nobody there')
      joiner.found({ id: gone, multiaddrs: [ADDR] })
      await clock.advance(0)
      await clock.advance(30_000)
      assert.equal(told.length, 1)
      present = false
      await clock.advance(600_000)
      assert.deepEqual(told.splice(0), [`+member-not-joined ${gone}`, `-member-not-joined ${gone}`])

      present = true
      joiner.found({ id: forgotten, multiaddrs: [ADDR] })
      await clock.advance(0)
      await clock.advance(60_000)
      joiner.found({ id: other, multiaddrs: [ADDR] })
      await clock.advance(0)
      await clock.advance(60_000)
      joiner.stop()
      assert.deepEqual(told, [
        `+member-not-joined ${forgotten}`,
        `-member-not-joined ${forgotten}`,
        `+member-not-joined ${other}`,
        `-member-not-joined ${other}`
      ])
    })
  })

  it('shortens each delay by up to a quarter', async () => {
    await scene({ retryDelay: 1_000, random: () => 0.999_999 }, async ({ joiner, links, clock }) => {
      links.fail = () => new Error('nobody there')
      joiner.found({ id: await createPeerId(), multiaddrs: [ADDR] })
      await clock.advance(0)
      await clock.advance(749)
      assert.equal(links.dialled.length, 1)
      await clock.advance(1)
      assert.equal(links.dialled.length, 2)
    })
  })

  it('dials peers that were never linked so often at once, and then at a steady pace; others at any time', async () => {
    const init = { newDialsAtOnce: 2, newDialsPerSecond: 1, retryDelay: 1_000 }

    await scene(init, async ({ joiner, links, clock }) => {
      const found = await Promise.all(Array.from({ length: 6 }, async () => createPeerId()))
      const [proven] = found

      assert.ok(proven != null)

      for (const id of found) {
        joiner.found({ id, multiaddrs: [ADDR] })
      }

      await clock.advance(999)
      assert.equal(links.dialled.length, 2)
      links.lose(proven, 'connection-lost')
      await clock.advance(1_000)
      assert.equal(links.dialled.filter((key) => key === proven.toString()).length, 2, 'has been linked')
      assert.equal(links.dialled.length, 2 + 1 + 1)
      await clock.advance(60_000)
      assert.deepEqual(new Set(links.dialled), new Set(found.map(String)))
    })
  })

  it('makes as many links at the same time as it may', async () => {
    await scene({ maxParallel: 3 }, async ({ joiner, links, clock }) => {
      const release = Promise.withResolvers<void>()

      links.wait = release.promise

      for (let i = 0; i < 10; i++) {
        joiner.found({ id: await createPeerId(), multiaddrs: [ADDR] })
      }

      await clock.advance(0)
      assert.equal(links.dialled.length, 3)
      release.resolve()
      await clock.advance(0)
      assert.equal(links.dialled.length, 10)
    })
  })

  it('forgets everybody when it is stopped, also those being dialled, and begins anew', async () => {
    const peer = await createPeerId()

    await scene({ dial: [given(peer)] }, async ({ joiner, links, clock }) => {
      links.wait = new Promise(() => {})
      links.lose(peer, 'connection-lost')
      await clock.advance(1_000)
      assert.equal(links.dialled.length, 2)
      joiner.stop()
      joiner.stop()
      joiner.found({ id: await createPeerId(), multiaddrs: [ADDR] })
      await clock.advance(100_000)
      assert.equal(links.dialled.length, 2)
      assert.equal(clock.pending, 0)

      links.wait = undefined
      joiner.start()
      joiner.start()
      await clock.advance(0)
      assert.equal(links.dialled.length, 3)
    })
  })

  it('does not dial whom it must not', async () => {
    await scene({ mayJoin: () => false }, async ({ joiner, links, clock }) => {
      joiner.found({ id: await createPeerId(), multiaddrs: [ADDR] })
      await clock.advance(0)
      assert.deepEqual(links.dialled, [])
    })
  })

  it('joins nobody by itself when told so', async () => {
    await scene({ auto: false }, async ({ joiner, links, clock }) => {
      joiner.found({ id: await createPeerId(), multiaddrs: [ADDR] })
      await clock.advance(100_000)
      assert.deepEqual(links.dialled, [])
    })
  })

  it('keeps a member through a flood of made-up ones, and dials it before them', async () => {
    await scene({ maxPeers: 10, maxParallel: 2, retryDelay: 1_000 }, async ({ joiner, links, clock }) => {
      const honest = await createPeerId()
      const release = Promise.withResolvers<void>()

      joiner.found({ id: honest, multiaddrs: [ADDR] })
      await clock.advance(0)
      links.wait = release.promise
      links.fail = (key) => (key === honest.toString() ? undefined : new Error('nobody there'))

      for (let i = 0; i < 100; i++) {
        joiner.found({ id: await createPeerId(), multiaddrs: [ADDR] })
      }

      await clock.advance(0)
      links.lose(honest, 'connection-lost')
      await clock.advance(1_000)

      const before = links.dialled.length

      assert.equal(before, 3, 'two made-up ones are being dialled')
      links.wait = undefined
      release.resolve()
      await clock.advance(1)
      assert.equal(links.dialled.slice(before).indexOf(honest.toString()), 0)
      // the others that were forgotten are not dialled either
      assert.ok(links.dialled.length <= 3 + 10)
    })
  })
})
