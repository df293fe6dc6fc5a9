import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DflRounds } from '../../../src/learning/rounds/index.ts'
import { connect, Network } from './network.ts'
import type { DflOptions, Output } from '../../../src/learning/rounds/index.ts'
import type { NetworkInit } from './network.ts'

const ROUNDS = 5
const TIMEOUT = 1_000

/** A model says by whom and in which round it was made. */
type Model = string

function network(
  nodes: string[],
  init: Partial<NetworkInit<Model>> = {},
  options: Partial<DflOptions> = {},
  topology: 'full' | 'ring' = 'full'
): Network<Model> {
  const made = new Network<Model>({
    train: (node, round) => `${node}${round}`,
    aggregate: (_node, _round, updates) => updates.map(({ model }) => model).join('+'),
    ...init
  })

  for (const node of nodes) {
    made.add(node, machine(node, options))
  }

  connect(made, topology)

  for (const node of nodes) {
    made.input(node, { type: 'start', round: 0, model: 'first' })
  }

  return made
}

function machine(self: string, options: Partial<DflOptions> = {}): DflRounds<Model> {
  return new DflRounds<Model>({ self, rounds: ROUNDS, roundTimeout: TIMEOUT, catchUpTimeout: 50, ...options })
}

function ends(net: Network<Model>, node: string): Array<Extract<Output<Model>, { type: 'round-end' }>> {
  return net.log.flatMap((one) => (one.type === 'round-end' && one.node === node ? [one] : []))
}

function results(net: Network<Model>): Map<string, Model> {
  return new Map(net.log.flatMap((one) => (one.type === 'finished' ? [[one.node, one.model]] : [])))
}

describe('rounds of decentralised learning', () => {
  it('end as soon as all have delivered, with the updates of all', async () => {
    const net = network(['a', 'b', 'c'])

    await net.run(ROUNDS * 150)
    assert.deepEqual(results(net), new Map(['a', 'b', 'c'].map((node) => [node, 'a4+b4+c4'])))
    assert.deepEqual(
      ends(net, 'a').map(({ round, how, counted, missing }) => [round, how, counted.length, missing]),
      [0, 1, 2, 3, 4].map((round) => [round, 'aggregated', 3, []])
    )
    assert.equal(net.machine('a').phase, 'finished')
    assert.equal(net.machine('a').wakeAt, undefined)
  })

  it('keep updates that come early for their round, and say who is awaited', async () => {
    const net = network(['a', 'b', 'c'], { trainMs: (node) => (node === 'a' ? 300 : 100) }, {}, 'ring')

    await net.run(150)
    assert.deepEqual(net.machine('b').waitingFor, ['a'])
    await net.run(ROUNDS * 350)
    assert.ok(ends(net, 'a').every(({ counted }) => counted.length === 3))
  })

  it('end at their deadline without the one that is late, whose update counts in no other round', async () => {
    const net = network(['a', 'b', 'c'], {
      trainMs: (node, round) => (node === 'c' && round === 1 ? TIMEOUT + 300 : 100)
    })

    await net.run(TIMEOUT * 3)

    const second = ends(net, 'a').find(({ round }) => round === 1)

    assert.deepEqual(second?.counted, ['a', 'b'])
    assert.deepEqual(second?.missing, ['c'])
    assert.equal(
      net.log.filter((one) => one.type === 'aggregate' && one.updates.some(({ model }) => model === 'c1'))
        .length,
      0
    )
    assert.equal(results(net).size, 3)
  })

  it('end although training hangs or fails', async () => {
    const net = network(['a', 'b'], {
      trainMs: (node, round) => (node === 'b' ? (round % 2 === 0 ? Infinity : NaN) : 100)
    })

    await net.run(TIMEOUT * ROUNDS * 2)
    assert.equal(results(net).size, 2)
    assert.ok(net.log.some((one) => one.type === 'stop-training' && one.node === 'b'))
  })

  it('do not wait for a neighbour that was lost, or that has missed two rounds', async () => {
    const lost = network(['a', 'b', 'c'])

    await lost.run(50)
    lost.kill('c')
    await lost.run(ROUNDS * 150)
    assert.equal(results(lost).size, 2)

    // it hangs, and stays linked
    const net = network(['a', 'b', 'c'], { trainMs: (node) => (node === 'c' ? Infinity : 100) })

    await net.run(2 * (TIMEOUT + 50) + 3 * 150)
    assert.equal(net.machine('a').phase, 'finished')
    assert.deepEqual(
      ends(net, 'a').map(({ missing }) => missing.length),
      [1, 1, 0, 0, 0]
    )
  })

  it('let a node that fell behind catch up with the model of a neighbour', async () => {
    const net = network(['a', 'b', 'c'], {
      trainMs: (node, round) => (node === 'c' && round === 0 ? Infinity : 100),
      // the deadline of c is not to save it
      messageMs: () => 5
    }, { maxMissed: 1 }) // prettier-ignore

    net.add('c', machine('c', { roundTimeout: 10 * TIMEOUT }))
    connect(net, 'full')
    net.input('c', { type: 'start', round: 0, model: 'first' })
    await net.run(TIMEOUT + 1_000)

    assert.deepEqual(ends(net, 'c').map(({ how }) => how)[0], 'adopted')
    assert.equal(results(net).size, 3)
  })

  it('wait for a node that comes late once it takes part', async () => {
    const net = network(['a', 'b'])

    await net.run(250)
    net.add('late', machine('late'))
    net.link('late', 'a')
    net.link('late', 'b')
    await net.run(260)
    // it is linked, and does not learn yet
    assert.equal(net.machine('a').waitingFor.includes('late'), false)
    net.input('late', { type: 'start', round: net.machine('a').round, model: 'offered' })
    await net.run(ROUNDS * 250)
    assert.equal(new Set(results(net).values()).size, 1)
    assert.equal(results(net).get('late'), 'a4+b4+late4')
  })

  it('send the update again to a neighbour whose link was lost', async () => {
    const net = network(['a', 'b', 'c'], {
      trainMs: (node) => (node === 'b' ? 300 : 100),
      messageMs: (_from, to, message) =>
        to === 'c' && message.type === 'update' && message.round === 0 ? 150 : 5
    })

    await net.run(120)
    net.unlink('a', 'c')
    net.link('a', 'c')
    await net.run(ROUNDS * 400)
    assert.equal(ends(net, 'c')[0]?.counted.length, 3)
  })

  it('go on without anybody, and with nothing to aggregate', async () => {
    const alone = network(['a'])

    await alone.run(ROUNDS * 150)
    assert.deepEqual(
      ends(alone, 'a').map(({ how }) => how),
      Array.from({ length: ROUNDS }, () => 'alone')
    )

    const idle = network(['a', 'b'], {}, { role: 'idle' })

    await idle.run(ROUNDS * TIMEOUT)
    assert.deepEqual(
      ends(idle, 'a').map(({ how, at }: { how: string; at?: number }) => [how, at]),
      Array.from({ length: ROUNDS }, (_, round) => ['skipped', (round + 1) * TIMEOUT])
    )
  })

  it('do not wait for nodes that do not train, which follow', async () => {
    const net = network(['a', 'b', 'c'])

    net.add('c', machine('c', { role: 'proxy' }))
    connect(net, 'full')
    net.input('c', { type: 'start', round: 0, model: 'first' })
    await net.run(ROUNDS * 150)
    assert.deepEqual([...results(net).values()], ['a4+b4', 'a4+b4', 'a4+b4'])
  })

  it('end with what the node has trained when aggregation fails or hangs', async () => {
    const net = network(['a', 'b'], { aggregateMs: () => Infinity }, { aggregateTimeout: 200 })

    await net.run(ROUNDS * 400)
    assert.deepEqual([...results(net).values()], ['a4', 'b4'])
    assert.ok(ends(net, 'a').every(({ how, missing }) => how === 'alone' && missing.length === 0))
  })
})

describe('a neighbour that lies', () => {
  function begun(): DflRounds<Model> {
    const made = machine('a')

    for (const peer of ['b', 'c', 'd']) {
      made.handle({ type: 'peer', peer, present: true }, 0)
    }

    made.handle({ type: 'start', round: 0, model: 'first' }, 0)

    return made
  }

  function refused(outputs: Array<Output<Model>>): string | undefined {
    return outputs.flatMap((one) => (one.type === 'refused' ? [one.reason] : []))[0]
  }

  it('is refused what is not its own, twice, too far ahead, of no round, and from nobody', () => {
    const made = begun()
    const say = (from: string, origin: string, round: number): string | undefined =>
      refused(
        made.handle({ type: 'message', from, message: { type: 'update', origin, round, model: 'x' } }, 1)
      )

    assert.equal(say('b', 'c', 0), 'not-its-own')
    assert.equal(say('x', 'x', 0), 'unknown-peer')
    assert.equal(say('b', 'b', 0), undefined)
    assert.equal(say('b', 'b', 0), 'duplicate')
    assert.equal(say('b', 'b', 2), undefined)
    assert.equal(say('b', 'b', 3), 'too-early')

    for (const round of [-1, ROUNDS, 1.5, NaN, Infinity, 2 ** 60]) {
      assert.equal(say('b', 'b', round), 'no-such-round')
    }
  })

  it('cannot make the node skip rounds', () => {
    const made = begun()
    const outputs = [
      { type: 'progress', origin: 'b', round: ROUNDS, trains: true } as const,
      { type: 'update', origin: 'b', round: ROUNDS - 1, model: 'x' } as const,
      { type: 'aggregate', origin: 'b', round: ROUNDS, model: 'x' } as const
    ].flatMap((message) => made.handle({ type: 'message', from: 'b', message }, 1))

    assert.equal(made.round, 0)
    assert.equal(
      outputs.some(({ type }) => type === 'send'),
      false
    )
    assert.ok(outputs.some((one) => one.type === 'refused' && one.reason === 'unasked'))
  })

  it('gets the model once a round, however often it asks', () => {
    const made = machine('a')

    made.handle({ type: 'peer', peer: 'b', present: true }, 0)
    made.handle({ type: 'start', round: 3, model: 'third' }, 0)

    const ask = {
      type: 'message',
      from: 'b',
      message: { type: 'aggregate-request', origin: 'b', round: 0 }
    } as const
    const answers = [1, 2, 3].flatMap((now) => made.handle(ask, now)).filter(({ type }) => type === 'send')

    assert.equal(answers.length, 1)
  })
})
