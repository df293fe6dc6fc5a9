import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { array, assert as check, constantFrom, nat, property, tuple } from 'fast-check'
import { ReplayGuard } from '../../src/messages/replay-guard.ts'

/** Origins that a peer brings, each with one message. */
function bring(guard: ReplayGuard, from: string, count: number): void {
  for (let i = 0; i < count; i++) {
    guard.accept(`${from}-${i}`, 1n, from)
  }
}

describe('ReplayGuard', () => {
  it('keeps a window for each origin, bounded, and forgets the one unheard the longest', () => {
    const guard = new ReplayGuard({ maxOrigins: 2 })

    assert.equal(guard.accept('a', 1n, 'x'), true)
    assert.equal(guard.accept('b', 1n, 'x'), true)
    assert.equal(guard.accept('a', 1n, 'x'), false)
    assert.equal(guard.accept('c', 1n, 'x'), true)
    assert.equal(guard.size, 2)
    assert.equal(guard.accept('a', 1n, 'x'), false, 'a was heard after b')
    assert.equal(guard.accept('b', 1n, 'x'), true, 'b was forgotten')
  })

  it('forgets an origin of the peer that brought the most, however long the others are unheard', () => {
    const guard = new ReplayGuard({ maxOrigins: 20 })

    guard.link('proxy')
    guard.link('flooder')
    bring(guard, 'proxy', 8)
    bring(guard, 'flooder', 100)

    assert.equal(guard.size, 20)

    for (let i = 0; i < 8; i++) {
      assert.ok(guard.knows(`proxy-${i}`, 1n))
    }
  })

  it('never forgets a linked peer for a stranger', () => {
    const guard = new ReplayGuard({ maxOrigins: 10 })

    for (const peer of ['a', 'b', 'c', 'flooder']) {
      guard.link(peer)
      guard.accept(peer, 7n, peer)
    }

    // one that was brought by the flooder before it was linked itself
    guard.accept('late', 7n, 'flooder')
    guard.link('late')
    bring(guard, 'flooder', 100)

    for (const peer of ['a', 'b', 'c', 'late']) {
      assert.equal(guard.accept(peer, 7n, peer), false)
    }
  })

  it('keeps what another peer has handed on too, in its share', () => {
    const guard = new ReplayGuard({ maxOrigins: 10 })

    guard.link('flooder')
    guard.link('proxy')
    guard.accept('honest', 5n, 'flooder')
    guard.vouch('honest', 'proxy')
    guard.accept('made up', 5n, 'flooder')
    bring(guard, 'flooder', 100)

    assert.deepEqual(
      ['honest', 'made up'].map((origin) => guard.knows(origin, 5n)),
      [true, false]
    )
  })

  it('counts those of peers that are gone together, unless another stands for them', () => {
    const guard = new ReplayGuard({ maxOrigins: 10 })

    guard.link('proxy')
    bring(guard, 'proxy', 3)

    // identities that come, say something, and go
    for (let i = 0; i < 50; i++) {
      guard.link(`passer-by ${i}`)
      guard.accept(`passer-by ${i}`, 1n, `passer-by ${i}`)
      guard.unlink(`passer-by ${i}`)
    }

    assert.ok(['proxy-0', 'proxy-1', 'proxy-2'].every((origin) => guard.knows(origin, 1n)))

    guard.link('other')
    guard.vouch('proxy-1', 'other')
    guard.unlink('proxy')
    bring(guard, 'gone', 50)
    assert.deepEqual(
      ['proxy-0', 'proxy-1', 'proxy-2'].map((origin) => guard.knows(origin, 1n)),
      [false, true, false]
    )
  })

  it('never holds more origins than allowed, whoever comes and goes, and never forgets the newest', () => {
    const peer = constantFrom('p', 'q', 'r')
    const step = tuple(constantFrom('accept', 'link', 'unlink', 'vouch'), nat(50), peer)

    check(
      property(array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const guard = new ReplayGuard({ maxOrigins: 10, window: 32 })

        steps.forEach(([what, origin, from], i) => {
          const name = origin < 3 ? ['p', 'q', 'r'][origin] : String(origin)

          if (what === 'accept') {
            guard.accept(name ?? '', BigInt(i), from)
            assert.ok(guard.knows(name ?? '', BigInt(i)))
          } else if (what === 'vouch') {
            guard.vouch(name ?? '', from)
          } else {
            guard[what](from)
          }

          assert.ok(guard.size <= 10)
        })
      })
    )
  })
})
