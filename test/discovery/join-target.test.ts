import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { MAX_ADDRS_PER_PEER } from '../../src/discovery/constants.ts'
import { JoinTarget } from '../../src/discovery/join-target.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { JoinTargetInit } from '../../src/discovery/join-target.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

function addr(port: number): Multiaddr {
  return multiaddr(`/ip4/192.0.2.1/tcp/${port}`)
}

describe('JoinTarget', () => {
  let peer: PeerId

  before(async () => {
    peer = await createPeerId()
  })

  function found(init: Partial<JoinTargetInit> = {}): JoinTarget {
    return new JoinTarget({ key: 'x', peer, addrs: [addr(1)], direct: false, given: false, ...init })
  }

  function dialled(target: JoinTarget): string[] {
    return target.dialAddrs().map(String)
  }

  it('insists on the PeerId where the addresses were announced, and takes as it is what the user gave', () => {
    assert.deepEqual(dialled(found()), [`${addr(1)}/p2p/${peer}`])
    assert.deepEqual(dialled(found({ given: true })), [String(addr(1))])

    const unnamed = found({ given: true, peer: undefined })

    // whoever answered there may be another the next time, and is as welcome
    unnamed.linked(peer)
    assert.deepEqual(dialled(unnamed), [String(addr(1))])
    assert.equal(unnamed.peer, peer)
  })

  it('dials what was announced last first, and forgets what was known only for want of room', () => {
    const target = found()
    const ports = Array.from({ length: MAX_ADDRS_PER_PEER }, (_, i) => i + 1)

    target.announced([addr(2), addr(1)])
    assert.deepEqual(dialled(target), [`${addr(2)}/p2p/${peer}`, `${addr(1)}/p2p/${peer}`])

    target.announced(ports.map(addr))
    assert.deepEqual(
      dialled(target),
      ports.map((port) => `${addr(port)}/p2p/${peer}`)
    )
    target.announced([addr(MAX_ADDRS_PER_PEER + 1)])
    assert.equal(target.dialAddrs().length, MAX_ADDRS_PER_PEER)
    assert.equal(dialled(target)[0], `${addr(MAX_ADDRS_PER_PEER + 1)}/p2p/${peer}`)
    assert.equal(dialled(target).at(-1), `${addr(MAX_ADDRS_PER_PEER - 1)}/p2p/${peer}`)
  })

  it('lets no announcement change an address that the user gave', () => {
    const target = found({ given: true })

    target.announced([addr(2)])
    assert.deepEqual(dialled(target), [String(addr(1))])
  })

  it('goes first when it was given, then when it has been linked', () => {
    const linked = found()

    linked.linked(peer)
    assert.deepEqual(
      [found({ given: true }), linked, found()].map(({ priority }) => priority),
      [2, 1, 0]
    )
    assert.deepEqual([linked.proven, found().proven], [true, false])
  })

  it('has one try at a time, and one timer', async () => {
    const clock = new ManualClock()
    const target = found()
    const fired: number[] = []
    const later = (ms: number): void => {
      target.schedule(clock.setTimeout(() => fired.push(ms), ms))
    }

    assert.equal(target.idle, true)
    later(1)
    later(2)
    assert.deepEqual([clock.pending, target.idle], [1, false])

    const signal = target.begin()

    assert.deepEqual([signal?.aborted, clock.pending, target.idle], [false, 0, false])
    assert.equal(target.begin(), undefined)
    target.running = true
    target.end()
    assert.deepEqual([target.idle, target.running], [true, false])
    assert.notEqual(target.begin(), signal)
    assert.deepEqual(fired, [])
  })

  it('ends its try and its timer when it is forgotten', () => {
    const clock = new ManualClock()
    const target = found()
    const signal = target.begin()

    target.schedule(clock.setTimeout(() => {}, 1))
    target.forget()
    assert.deepEqual([signal?.aborted, clock.pending], [true, 0])
  })
})
