import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import { TypedEventEmitter } from 'main-event'
import { Redialler } from '../../src/links/redialler.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { LinkCloseReason, LinkRedial } from '../../src/interface.ts'
import type { Link, LinkManager } from '../../src/links/index.ts'
import type { RediallerInit } from '../../src/links/redialler.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

type FakeLink = Pick<Link, 'peer' | 'connection' | 'node'> & {
  direct: boolean
  priority: string
  openedAt: number
}

/** Links as the redialler sees them; whether a dial succeeds is the test's to say. */
class Links extends TypedEventEmitter<{ open: CustomEvent; close: CustomEvent; unwanted: CustomEvent }> {
  readonly dials: Array<{ at: number; target: PeerId | Multiaddr[]; direct: boolean; priority: string }> = []
  readonly open = new Map<string, FakeLink>()
  readonly #clock: ManualClock
  fail?: () => Error | undefined
  /** Dials that do not end before this does. */
  wait?: Promise<void>

  readonly links = { get: (peer: PeerId) => this.open.get(peer.toString()) }

  constructor(clock: ManualClock) {
    super()
    this.#clock = clock
  }

  async connect(
    target: PeerId | Multiaddr[],
    { direct, priority, signal }: { direct: boolean; priority: string; signal?: AbortSignal }
  ): Promise<void> {
    this.dials.push({ at: this.#clock.now(), target, direct, priority })
    await this.wait
    signal?.throwIfAborted()

    const error = this.fail?.()

    if (error != null) {
      throw error
    }

    const { peerIdFromString } = await import('@libp2p/peer-id')
    const peer = Array.isArray(target) ? peerIdFromString(String(target[0]).split('/p2p/')[1] ?? '') : target

    this.link(peer, { direct, priority })
  }

  link(peer: PeerId, { direct = true, priority = 'medium', said = [] as Multiaddr[] } = {}): void {
    const connection = { direction: 'inbound', remoteAddr: multiaddr('/ip4/192.0.2.1/tcp/50000') }
    const link = {
      peer,
      direct,
      priority,
      openedAt: this.#clock.now(),
      connection: connection as Link['connection'],
      node: { listenAddrs: said } as Link['node']
    }

    this.open.set(peer.toString(), link)
    this.dispatchEvent(new CustomEvent('open', { detail: link }))
  }

  lose(peer: PeerId, reason: LinkCloseReason = 'connection-lost'): void {
    const link = this.open.get(peer.toString())

    this.open.delete(peer.toString())
    this.dispatchEvent(new CustomEvent('close', { detail: { link, reason } }))
  }
}

interface Scene {
  peer: PeerId
  links: Links
  clock: ManualClock
  redialler: Redialler
  redials: LinkRedial[]
  givenUp: PeerId[]
  /** When each dial came, in milliseconds since the last of these calls. */
  times(): number[]
}

async function scene(init: Partial<RediallerInit>, run: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = new ManualClock()
  const links = new Links(clock)
  const redials: LinkRedial[] = []
  const givenUp: PeerId[] = []
  const redialler = new Redialler(
    { linkManager: links as unknown as LinkManager, logger: defaultLogger() },
    {
      clock,
      random: () => 0,
      mayDial: () => true,
      cared: () => false,
      announced: () => [],
      onRedial: (redial) => redials.push(redial),
      onGiveUp: (peer) => givenUp.push(peer),
      ...init
    }
  )
  let begin = clock.now()

  redialler.start()

  try {
    await run({
      peer: await createPeerId(),
      links,
      clock,
      redialler,
      redials,
      givenUp,
      times: () => {
        const times = links.dials.splice(0).map(({ at }) => at - begin)

        begin = clock.now()

        return times
      }
    })
  } finally {
    redialler.stop()
    assert.equal(clock.pending, 0)
  }
}

const MINUTE = 60_000
const refuse = (): Error => new Error('nobody there')

describe('Redialler', () => {
  it('dials in three rounds of five, doubles the delay within a round, and then gives the peer up', async () => {
    await scene({}, async ({ peer, links, clock, redials, givenUp, times }) => {
      links.fail = refuse
      links.link(peer)
      links.lose(peer)
      await clock.advance(10 * MINUTE)

      const round = [1, 3, 7, 15, 31]
      const expected = [...round, ...round.map((s) => 31 + 30 + s - 1), ...round.map((s) => 61 + 61 + s - 2)]

      assert.deepEqual(
        times(),
        expected.map((s) => s * 1_000)
      )
      assert.deepEqual(
        redials.map(({ round: r, attempt }) => `${r}/${attempt}`),
        [1, 2, 3].flatMap((r) => [1, 2, 3, 4, 5].map((attempt) => `${r}/${attempt}`))
      )
      assert.deepEqual(
        redials.map(({ error }) => error?.message),
        [undefined, ...Array.from({ length: 14 }, () => 'nobody there')]
      )
      assert.deepEqual(givenUp, [peer])
    })
  })

  it('shortens each delay by up to a quarter', async () => {
    await scene({ random: () => 0.999_999 }, async ({ peer, links, clock, times }) => {
      links.link(peer)
      links.lose(peer)
      await clock.advance(MINUTE)
      assert.deepEqual(times(), [750])
    })
  })

  for (const [direct, priority] of [
    [true, 'medium'],
    [true, 'low'],
    [false, 'high']
  ] as const) {
    it(`makes the link what it was: ${direct ? 'direct' : 'undirected'}, of ${priority} priority`, async () => {
      await scene({}, async ({ peer, links, clock }) => {
        links.link(peer, { direct, priority })
        links.lose(peer)
        await clock.advance(MINUTE)
        assert.deepEqual(
          links.dials.map((dial) => [dial.direct, dial.priority]),
          [[direct, priority]]
        )
        assert.ok(links.links.get(peer) != null)
      })
    })
  }

  it('makes a link direct that somebody made undirected meanwhile', async () => {
    await scene({}, async ({ peer, links, clock }) => {
      links.link(peer)
      links.lose(peer)
      links.link(peer, { direct: false })
      await clock.advance(0)
      assert.equal(links.dials.length, 1)
      assert.equal(links.links.get(peer)?.direct, true)
    })
  })

  for (const reason of ['connection-lost', 'send-failed', 'silent'] as const) {
    it(`dials after ${reason}`, async () => {
      await scene({}, async ({ peer, links, clock }) => {
        links.link(peer)
        links.lose(peer, reason)
        await clock.advance(MINUTE)
        assert.equal(links.dials.length, 1)
      })
    })
  }

  for (const reason of [
    'requested',
    'remote',
    'inactive',
    'replaced',
    'protocol-error',
    'blacklisted',
    'shutting-down'
  ] as const) {
    it(`dials nobody after ${reason}`, async () => {
      await scene({}, async ({ peer, links, clock, redials }) => {
        links.link(peer)
        links.lose(peer, reason)
        await clock.advance(MINUTE)
        assert.deepEqual([links.dials, redials], [[], []])
      })
    })
  }

  for (const [whom, init, link] of [
    ['undirected links', {}, { direct: false }],
    ['peers that others care for', { cared: () => true }, { direct: true }],
    ['those who must not be dialled', { mayDial: () => false }, { direct: true }],
    ['all when there are no rounds', { redialRounds: 0 }, { direct: true }]
  ] as const) {
    it(`leaves alone ${whom}`, async () => {
      await scene(init, async ({ peer, links, clock, givenUp }) => {
        links.link(peer, link)
        links.lose(peer)
        await clock.advance(10 * MINUTE)
        assert.deepEqual([links.dials, givenUp], [[], []])
      })
    })
  }

  for (const how of ['open', 'unwanted'] as const) {
    it(`ends when ${how === 'open' ? 'the peer has made the link' : 'no link is wanted any more'}`, async () => {
      await scene({}, async ({ peer, links, clock, redialler, givenUp }) => {
        links.fail = refuse
        links.link(peer)
        links.lose(peer)
        await clock.advance(2_000)
        assert.equal(redialler.has(peer), true)

        if (how === 'open') {
          links.link(peer)
        } else {
          links.dispatchEvent(new CustomEvent('unwanted', { detail: peer }))
        }

        assert.equal(redialler.has(peer), false)
        await clock.advance(10 * MINUTE)
        assert.equal(links.dials.length, 1)
        assert.deepEqual(givenUp, [])
      })
    })
  }

  it('gives up a dial under way when no link is wanted any more', async () => {
    await scene({}, async ({ peer, links, clock, givenUp }) => {
      const release = Promise.withResolvers<void>()

      links.wait = release.promise
      links.link(peer)
      links.lose(peer)
      await clock.advance(1_000)
      links.dispatchEvent(new CustomEvent('unwanted', { detail: peer }))
      release.resolve()
      await clock.advance(10 * MINUTE)
      assert.equal(links.dials.length, 1)
      assert.equal(links.links.get(peer), undefined)
      assert.deepEqual(givenUp, [])
    })
  })

  it('counts links that do not last as failures, and begins anew after one that did', async () => {
    await scene({ maxRedialDelay: 8_000 }, async ({ peer, links, clock, givenUp, times }) => {
      links.link(peer)

      const waits: number[] = []

      for (const lasted of [0, 0, 0, 8_000, 7_999]) {
        await clock.advance(lasted)
        times()
        links.lose(peer)
        await clock.advance(8_000)
        waits.push(...times())
        // what the wait left over is not to count as time in the link
        links.link(peer)
      }

      assert.deepEqual(waits, [1_000, 2_000, 4_000, 1_000, 2_000])
      assert.deepEqual(givenUp, [])

      for (let i = 0; i < 20 && givenUp.length === 0; i++) {
        links.lose(peer)
        await clock.advance(8_000)
        links.link(peer)
      }

      assert.deepEqual(givenUp, [peer])
    })
  })

  it('counts on over a link that takes the place of another', async () => {
    await scene({}, async ({ peer, links, clock, times }) => {
      links.link(peer)
      links.lose(peer)
      await clock.advance(1_000)
      links.lose(peer, 'replaced')
      links.link(peer)
      times()
      links.lose(peer)
      await clock.advance(3_000)
      assert.deepEqual(times(), [2_000])
    })
  })

  it('makes a link direct again that the peer has replaced by an undirected one', async () => {
    await scene({}, async ({ peer, links, clock }) => {
      links.link(peer)
      links.lose(peer, 'replaced')
      links.link(peer, { direct: false })
      await clock.advance(0)
      assert.equal(links.dials.length, 1)
    })
  })

  for (const error of [
    Object.assign(new Error('no'), { reason: 'FEDERATION_MISMATCH' }),
    Object.assign(new Error('no'), { reason: 'LEARNING_FINISHED' }),
    Object.assign(new Error('no'), { name: 'UnsupportedProtocolError', reason: undefined })
  ]) {
    it(`is not dialled again for ${error.reason ?? error.name}, and the peer is not held to be gone`, async () => {
      await scene({}, async ({ peer, links, clock, givenUp }) => {
        links.fail = () => error
        links.link(peer)
        links.lose(peer)
        await clock.advance(10 * MINUTE)
        assert.equal(links.dials.length, 1)
        assert.deepEqual(givenUp, [])
      })
    })
  }

  it('dials where the peer announces itself and where it was known to be, in turns', async () => {
    const announced = multiaddr('/ip4/192.0.2.7/tcp/4001')

    await scene({ announced: () => [announced] }, async ({ peer, links, clock }) => {
      links.fail = refuse
      links.link(peer)
      links.lose(peer)
      await clock.advance(16_000)
      assert.deepEqual(
        links.dials.map(({ target }) => String(target)),
        [`${announced}/p2p/${peer}`, String(peer), `${announced}/p2p/${peer}`, String(peer)]
      )
    })
  })

  it('has where the peer said that it listens, if nothing else is known and it was seen there', async () => {
    const said = multiaddr('/ip4/192.0.2.1/tcp/4001')

    await scene({}, async ({ peer, links, clock }) => {
      links.fail = refuse
      links.link(peer, { said: [said] })
      links.lose(peer)
      await clock.advance(4_000)
      assert.deepEqual(
        links.dials.map(({ target }) => String(target)),
        [String(peer), `${said}/p2p/${peer}`]
      )
    })
  })

  it('does not dial third parties that the peer names', async () => {
    await scene({}, async ({ peer, links, clock }) => {
      links.fail = refuse
      links.link(peer, { said: [multiaddr('/ip4/192.0.2.7/tcp/22')] })
      links.lose(peer)
      await clock.advance(120_000)
      assert.deepEqual([...new Set(links.dials.map(({ target }) => String(target)))], [String(peer)])
    })
  })

  it('dials soon where the peer has moved to, and no more often than once in the shortest delay', async () => {
    await scene({}, async ({ peer, links, clock, redialler, times }) => {
      links.fail = refuse
      links.link(peer)
      links.lose(peer)
      await clock.advance(8_000)
      times()

      for (let i = 0; i < 50; i++) {
        redialler.moved(peer)
        await clock.advance(100)
      }

      const moved = times()

      assert.equal(moved[0], 0)
      assert.ok(moved.length <= 6, `${moved.length} dials in 5 s`)
    })
  })

  it('dials as many peers at the same time as it may, and keeps as many in mind', async () => {
    await scene({ maxParallelRedials: 2, maxRedials: 5 }, async ({ links, clock, redialler }) => {
      const release = Promise.withResolvers<void>()
      const peers = await Promise.all(Array.from({ length: 6 }, createPeerId))

      links.wait = release.promise

      for (const peer of peers) {
        links.link(peer)
        links.lose(peer)
      }

      await clock.advance(1_000)
      assert.equal(links.dials.length, 2)
      assert.deepEqual(
        peers.map((peer) => redialler.has(peer)),
        [true, true, true, true, true, false]
      )
      release.resolve()
      await clock.advance(1_000)
      assert.equal(links.dials.length, 5)
    })
  })

  it('forgets everybody when it is stopped, and begins anew', async () => {
    await scene({}, async ({ peer, links, clock, redialler }) => {
      links.wait = new Promise(() => {})
      links.link(peer)
      links.lose(peer)
      await clock.advance(1_000)
      redialler.stop()
      redialler.stop()
      await clock.advance(10 * MINUTE)
      assert.equal(links.dials.length, 1)
      assert.equal(clock.pending, 0)

      links.wait = undefined
      redialler.start()
      redialler.start()
      links.link(peer)
      links.lose(peer)
      await clock.advance(1_000)
      assert.equal(links.dials.length, 2)
    })
  })
})
