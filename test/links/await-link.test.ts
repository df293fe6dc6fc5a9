import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TypedEventEmitter } from 'main-event'
import { LinkTable } from '../../src/links/index.ts'
import { awaitLink } from '../../src/links/await-link.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { Link, LinkManager } from '../../src/links/index.ts'
import type { PeerId } from '@libp2p/interface'

type Events = LinkManager extends TypedEventEmitter<infer E> ? E : never

/** What is asked of the links, without links. */
class Links extends TypedEventEmitter<Events> {
  readonly links: LinkTable
  readonly #attempting: boolean

  constructor(self: PeerId, attempting: boolean) {
    super()
    this.links = new LinkTable(self)
    this.#attempting = attempting
  }

  attempting(): boolean {
    return this.#attempting
  }

  open(peer: PeerId): void {
    const link = { peer } as Link

    this.links.add(link)
    this.safeDispatchEvent('open', { detail: link })
  }
}

interface Waiting {
  links: Links
  peer: PeerId
  clock: ManualClock
  controller: AbortController
  wait(): Promise<boolean>
}

async function waiting(attempting = true): Promise<Waiting> {
  const [self, peer] = [await createPeerId(), await createPeerId()]
  const links = new Links(self, attempting)
  const clock = new ManualClock()
  const controller = new AbortController()

  return {
    links,
    peer,
    clock,
    controller,
    wait: async () => awaitLink(links, peer, { clock, timeout: 5_000, signal: controller.signal })
  }
}

function assertNothingLeft({ links, clock }: Waiting): void {
  assert.deepEqual([links.listenerCount('open'), clock.pending], [0, 0])
}

describe('waiting for a link', () => {
  it('is over at once when there is one', async () => {
    const all = await waiting(false)

    all.links.open(all.peer)
    assert.equal(await all.wait(), true)
    assertNothingLeft(all)
  })

  it('is over at once when none is being made', async () => {
    const all = await waiting(false)

    assert.equal(await all.wait(), false)
    assertNothingLeft(all)
  })

  it('ends with the link of the peer, not with that of another', async () => {
    const all = await waiting()
    const outcome = all.wait()

    all.links.open(await createPeerId())
    assert.equal(all.clock.pending, 1)
    all.links.open(all.peer)
    assert.equal(await outcome, true)
    assertNothingLeft(all)
  })

  it('ends without a link when its time is over', async () => {
    const all = await waiting()
    const outcome = all.wait()

    await all.clock.advance(4_999)
    assert.equal(all.clock.pending, 1)
    await all.clock.advance(1)
    assert.equal(await outcome, false)
    assertNothingLeft(all)
  })

  it('ends without a link when the node stops', async () => {
    const all = await waiting()
    const outcome = all.wait()

    all.controller.abort()
    assert.equal(await outcome, false)
    assert.equal(await all.wait(), false)
    assertNothingLeft(all)
  })
})
