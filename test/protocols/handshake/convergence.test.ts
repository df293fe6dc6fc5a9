import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { World } from './world.ts'
import type { Reason } from '../../../protocols/handshake/index.ts'

const side = fc.constantFrom<'low' | 'high'>('low', 'high')
const operation = fc.record({
  kind: fc.constantFrom(
    'deliver',
    'deliver',
    'deliver',
    'deliver',
    'deliver',
    'dial',
    'dial',
    'propose',
    'leave',
    'timeout',
    'drop',
    'restart'
  ),
  side,
  flag: fc.boolean(),
  choice: fc.nat(1_000),
  refusal: fc.constantFrom<Reason | undefined>(undefined, undefined, undefined, 'MAX_LINKS')
})

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

function apply(world: World, op: Operation): void {
  switch (op.kind) {
    case 'dial':
      if (world.canDial(op.side)) {
        world.dial(op.side, op.flag)
      }
      break
    case 'propose':
      if (world.canPropose(op.side, op.flag)) {
        world.propose(op.side, op.flag)
      }
      break
    case 'leave':
      world.leave(op.side, op.flag)
      break
    case 'timeout':
      world.timeout(op.side)
      break
    case 'drop':
      if (world.wires.length > 0) {
        world.drop(op.choice % world.wires.length)
      }
      break
    case 'restart':
      world.restart(op.side)
      break
    case 'deliver':
      world.deliver(op.choice, op.refusal)
      break
  }
}

function settle(world: World, schedule: number[]): void {
  for (let i = 0; world.pending > 0; i++) {
    assert.ok(i < 10_000, 'the two ends answer each other for ever')
    world.deliver(schedule[i % schedule.length] ?? 0)
  }
}

function assertConverged({ ends: { low, high } }: World): void {
  assert.equal(low.state.attempt, undefined)
  assert.equal(high.state.attempt, undefined)
  assert.equal(low.state.link?.stream, high.state.link?.stream)
  assert.equal(low.state.link?.direct, high.state.link?.direct)
  assert.equal(low.state.link?.change, undefined)
  assert.equal(high.state.link?.change, undefined)
  assert.equal(low.open, low.state.link?.stream)
  assert.equal(high.open, high.state.link?.stream)
}

describe('handshake convergence', () => {
  it('brings both ends to the same link state whatever happens in whatever order', () => {
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 80, size: 'max' }),
        fc.array(fc.nat(1_000), { minLength: 1, maxLength: 20 }),
        fc.record({ low: fc.bigInt(1n, 100n), high: fc.bigInt(1n, 100n) }),
        (operations: Operation[], schedule, clocks) => {
          const world = new World(clocks)

          operations.forEach((op) => apply(world, op))
          settle(world, schedule)
          assertConverged(world)
        }
      ),
      { numRuns: 5_000 }
    )
  })

  it('makes exactly one link of two dials at once, that of the lower PeerId, in every order of delivery', () => {
    const orders = new Set<string>()

    fc.assert(
      fc.property(
        fc.array(fc.nat(1_000), { minLength: 12, maxLength: 12 }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (schedule, first, a, b) => {
          const world = new World()

          world.dial(first ? 'low' : 'high', a)
          world.dial(first ? 'high' : 'low', b)
          settle(world, schedule)
          assertConverged(world)

          const link = world.ends.low.state.link
          const wire = world.wires.find(({ id }) => id === link?.stream)

          assert.notEqual(link, undefined)
          orders.add(`${first} ${wire?.dialler}`)
        }
      ),
      { numRuns: 1_000 }
    )

    // a Hello that is answered before the other end dials may win; two under way at once never make the higher's link
    assert.ok(orders.has('true low') && orders.has('false low'))
  })

  it('links two ends that retry after a refusal that settles nothing', () => {
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 60, size: 'max' }),
        fc.array(fc.nat(1_000), { minLength: 1, maxLength: 20 }),
        (operations: Operation[], schedule) => {
          const world = new World()

          operations.forEach((op) => apply(world, op))
          settle(world, schedule)

          for (let tries = 0; world.ends.low.state.link == null; tries++) {
            assert.ok(tries < 3, 'no link after three more attempts')
            world.dial('low', true)
            settle(world, schedule)
          }

          assertConverged(world)
        }
      ),
      { numRuns: 1_000 }
    )
  })
})
