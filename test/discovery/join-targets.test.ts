import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { JoinTarget } from '../../src/discovery/join-target.ts'
import { JoinTargets } from '../../src/discovery/join-targets.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import type { JoinTargetInit } from '../../src/discovery/join-target.ts'
import type { PeerId } from '@libp2p/interface'

describe('JoinTargets', () => {
  let peer: PeerId

  before(async () => {
    peer = await createPeerId()
  })

  function target(key: string, init: Partial<JoinTargetInit> = {}): JoinTarget {
    return new JoinTarget({ key, addrs: [], direct: false, given: false, ...init })
  }

  function keys(targets: Iterable<JoinTarget>): string[] {
    return Array.from(targets, ({ key }) => key)
  }

  it('holds so many found peers and not one more, beside any number that were given', () => {
    const targets = new JoinTargets(2, () => 0)

    for (const key of ['a', 'b', 'c']) {
      assert.equal(targets.add(target(key)), true)
      assert.equal(targets.add(target(`given ${key}`, { given: true })), true)
    }

    assert.deepEqual(keys(targets), ['given a', 'b', 'given b', 'c', 'given c'])
  })

  it('gives up any of those never linked before one that was linked', () => {
    const targets = new JoinTargets(3, () => 0.99)
    const all = ['a', 'b', 'linked'].map((key) => target(key))

    all.forEach((each) => targets.add(each))
    all[2]?.linked(peer)
    targets.add(target('d'))
    assert.deepEqual(keys(targets), ['a', 'linked', 'd'])

    for (const each of targets) {
      each.linked(peer)
    }

    targets.add(target('e'))
    assert.deepEqual(keys(targets), ['a', 'linked', 'e'])
  })

  it('gives up none that is being dialled: then there is no room', () => {
    const targets = new JoinTargets(1, () => 0)
    const dialled = target('a')

    targets.add(dialled)
    dialled.running = true
    assert.equal(targets.add(target('b')), false)
    assert.equal(targets.add(target('c', { given: true })), true)
    assert.deepEqual(keys(targets), ['a', 'c'])
    dialled.running = false
    assert.equal(targets.add(target('b')), true)
    assert.deepEqual(keys(targets), ['c', 'b'])
  })

  it('ends the try of one that makes room, and of all that are cleared', () => {
    const targets = new JoinTargets(1, () => 0)
    const tries = [target('a'), target('b'), target('c', { given: true })].map((each) => {
      const signal = each.begin()

      targets.add(each)

      return signal
    })

    assert.deepEqual(
      tries.map((signal) => signal?.aborted),
      [true, false, false]
    )
    targets.clear()
    assert.deepEqual(
      tries.map((signal) => signal?.aborted),
      [true, true, true]
    )
    assert.deepEqual(keys(targets), [])
  })

  it('tells all that are of one peer, and whether one is still there, not another of its name', async () => {
    const targets = new JoinTargets(2, () => 0)
    const [first, second] = [target('a', { peer }), target('b', { given: true, peer })]
    const other = target('c', { peer: await createPeerId() })

    for (const each of [first, second, other, target('d', { given: true })]) {
      targets.add(each)
    }

    assert.deepEqual(keys(targets.of(peer)), ['a', 'b'])
    assert.equal(targets.has(first), true)
    assert.equal(targets.has(target('a', { peer })), false)
  })
})
