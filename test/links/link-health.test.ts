import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { TypedEventEmitter } from 'main-event'
import { LinkHealth, LinkSweeper, LinkTable } from '../../src/links/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import { fakeLink } from './support.ts'
import type { LinkCloseReason } from '../../src/interface.ts'
import type { Link, LinkManager } from '../../src/links/index.ts'
import type { LinkHealthInit } from '../../src/links/link-health.ts'
import type { Connection, PeerId } from '@libp2p/interface'

const SWEEP = 5_000
const ALIVE = 30_000
const SILENCE = 120_000
const PROBE = 10_000
const HOUR = 3_600_000

class Links extends TypedEventEmitter<{ close: CustomEvent }> {
  readonly links: LinkTable
  readonly closed: Array<{ peer: PeerId; reason: LinkCloseReason }> = []

  constructor(self: PeerId) {
    super()
    this.links = new LinkTable(self)
  }

  async close(peer: PeerId, { reason }: { reason: LinkCloseReason }): Promise<void> {
    const link = this.links.get(peer)

    if (link != null) {
      this.closed.push({ peer, reason })
      this.links.remove(peer, link.id)
      this.dispatchEvent(new CustomEvent('close', { detail: { link, reason } }))
    }
  }

  surplusConnections(): Connection[] {
    return []
  }
}

interface Scene {
  clock: ManualClock
  links: Links
  /** Peers that were sent `alive`, and connections that were asked, since the last call. */
  said(): PeerId[]
  asked(): Connection[]
  aborted: Connection[]
  /** What others were told of the clock. */
  leaps: number[]
  add(direct?: boolean): Promise<Link>
}

/** Health as the sweeper drives it. Peers answer no question unless `probe` does. */
async function scene(init: Partial<LinkHealthInit>, run: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = new ManualClock()
  const links = new Links(await createPeerId())
  const said: PeerId[] = []
  const asked: Connection[] = []
  const aborted: Connection[] = []
  const leaps: number[] = []
  const components = { linkManager: links as unknown as LinkManager, logger: defaultLogger() }
  const health = new LinkHealth(components, {
    clock,
    sendAlive: async (link) => {
      said.push(link.peer)
      link.sent(10, clock.now())
    },
    ...init,
    probe: async (connection, options) => {
      asked.push(connection)
      await (init.probe?.(connection, options) ??
        new Promise((_resolve, reject) => {
          options.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error))
        }))
    }
  })
  const sweeper = new LinkSweeper({ ...components, health }, { clock, onLeap: (ms) => leaps.push(ms) })

  health.start()
  health.start()
  sweeper.start()

  try {
    await run({
      clock,
      links,
      said: () => said.splice(0),
      asked: () => asked.splice(0),
      aborted,
      leaps,
      add: async (direct = true) => {
        const link = fakeLink(await createPeerId(), { direct, now: clock.now() })

        Object.assign(link.connection, { status: 'open', abort: () => aborted.push(link.connection) })
        links.links.add(link)

        return link
      }
    })
  } finally {
    sweeper.stop()
    health.stop()
    await settle()
    assert.equal(clock.pending, 0)
  }
}

describe('LinkHealth', () => {
  it('says alive when nothing else was said for the interval', async () => {
    await scene({}, async ({ clock, said, add }) => {
      const quiet = await add()
      const busy = await add()

      for (let i = 0; i < ALIVE / SWEEP; i++) {
        busy.sent(100, clock.now())
        assert.deepEqual(said(), [])
        await clock.advance(SWEEP)
      }

      assert.deepEqual(said(), [quiet.peer])
    })
  })

  it('says alive no second time while the first is on its way, and goes on after one that failed', async () => {
    let calls = 0
    const fails = Promise.withResolvers<void>()

    await scene(
      {
        sendAlive: async () => {
          calls++
          await fails.promise
        }
      },
      async ({ clock, add }) => {
        const link = await add()

        link.received(1, clock.now())
        await clock.advance(2 * ALIVE)
        assert.equal(calls, 1)
        fails.reject(new Error('learning has finished'))
        await settle()
        await clock.advance(SWEEP)
        assert.equal(calls, 2)
      }
    )
  })

  it('closes the link and the connection of a peer of whom nothing was heard, not a moment early', async () => {
    await scene({}, async ({ clock, links, aborted, add }) => {
      const link = await add()

      await clock.advance(SILENCE - 1)
      assert.deepEqual([links.closed, aborted], [[], []])
      await clock.advance(1)
      assert.deepEqual(links.closed, [{ peer: link.peer, reason: 'silent' }])
      assert.deepEqual(aborted, [link.connection])
    })
  })

  it('keeps a link over which anything is heard, and asks nothing', async () => {
    await scene({}, async ({ clock, links, asked, add }) => {
      const link = await add()

      for (let i = 0; i < 20; i++) {
        await clock.advance(ALIVE)
        link.received(1, clock.now())
      }

      assert.deepEqual([links.closed, asked()], [[], []])
    })
  })

  it('keeps a link whose peer says nothing by itself and answers when asked', async () => {
    await scene({ probe: async () => {} }, async ({ clock, links, asked, add }) => {
      await add()
      await clock.advance(10 * SILENCE)
      assert.deepEqual(links.closed, [])
      assert.ok(asked().length <= (10 * SILENCE) / (2 * ALIVE))
    })
  })

  it('asks over a connection once at a time', async () => {
    await scene({}, async ({ clock, asked, add }) => {
      await add()
      await clock.advance(SILENCE - 1)

      const questions = asked().length

      assert.ok(questions <= (SILENCE - 2 * ALIVE) / PROBE, `${questions} questions`)
      assert.ok(questions > 0)
    })
  })

  for (const reason of ['send-failed', 'connection-lost'] as const) {
    it(`gives up the connection of a link that ended with ${reason} when nobody answers over it, and keeps one that is alive`, async () => {
      for (const answers of [true, false]) {
        await scene(answers ? { probe: async () => {} } : {}, async ({ clock, links, aborted, add }) => {
          const link = await add()

          await links.close(link.peer, { reason })
          await clock.advance(PROBE - 1)
          assert.deepEqual(aborted, [])
          await clock.advance(1)
          assert.deepEqual(aborted, answers ? [] : [link.connection])
        })
      }
    })
  }

  it('leaves connections alone when a link ends otherwise', async () => {
    await scene({}, async ({ clock, links, asked, aborted, add }) => {
      await links.close((await add()).peer, { reason: 'requested' })
      await clock.advance(SILENCE)
      assert.deepEqual([asked(), aborted], [[], []])
    })
  })
})

describe('a clock that leaps', () => {
  for (const [name, leap] of [
    ['eight hours ahead', 8 * HOUR],
    ['an hour back', -HOUR]
  ] as const) {
    it(`${name} ends no link, and every peer is spoken to`, async () => {
      await scene({}, async ({ clock, links, said, asked, aborted, leaps, add }) => {
        const all = [await add(true), await add(false), await add(true)]

        await clock.advance(2 * SWEEP)
        clock.leap(leap)
        await clock.advance(SWEEP)
        assert.deepEqual([links.closed, aborted, leaps], [[], [], [leap]])
        assert.deepEqual(
          said().map(String),
          all.map(({ peer }) => String(peer))
        )
        assert.equal(asked().length, 3)
        assert.ok(
          all.every(({ lastActivity, openedAt }) => clock.now() - lastActivity < SILENCE && openedAt > 0)
        )
      })
    })

    it(`${name} delays the end of a silent link by what it leapt over, and no longer`, async () => {
      await scene({}, async ({ clock, links, add }) => {
        await add(true)
        await clock.advance(SILENCE - 4 * SWEEP)
        clock.leap(leap)
        await clock.advance(4 * SWEEP - 1)
        assert.deepEqual(links.closed, [])
        await clock.advance(SWEEP)
        assert.deepEqual(
          links.closed.map(({ reason }) => reason),
          ['silent']
        )
      })
    })
  }

  it('is none while ticks come a little late', async () => {
    await scene({}, async ({ clock, said, leaps, add }) => {
      await add()
      clock.leap(4_999)
      await clock.advance(SWEEP)
      assert.deepEqual([said(), leaps], [[], []])
    })
  })

  it('ends an undirected link that was idle before and after, and not one that only the leap made idle', async () => {
    await scene({ probe: async () => {} }, async ({ clock, links, add }) => {
      const link = await add(false)

      clock.leap(8 * HOUR)
      await clock.advance(SILENCE - SWEEP)
      assert.deepEqual(links.closed, [])
      await clock.advance(2 * SWEEP)
      assert.deepEqual(links.closed, [{ peer: link.peer, reason: 'inactive' }])
    })
  })
})
