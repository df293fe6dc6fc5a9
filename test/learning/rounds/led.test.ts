import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LedRounds } from '../../../src/learning/rounds/index.ts'
import { connect, Network } from './network.ts'
import type { LedOptions, Output } from '../../../src/learning/rounds/index.ts'
import type { NetworkInit } from './network.ts'

const ROUNDS = 6
const TIMEOUT = 1_000
const NODES = ['a', 'b', 'c', 'd', 'e']

/** A model says by whom and in which round it was made. */
type Model = string

interface Case {
  kind: 'CFL' | 'SDFL'
  topology?: 'full' | 'ring'
  nodes?: string[]
  options?: Partial<LedOptions>
  init?: Partial<NetworkInit<Model>>
}

function machine(self: string, { kind, nodes = NODES, options }: Case): LedRounds<Model> {
  return new LedRounds<Model>({
    self,
    kind,
    leader: 'a',
    voters: nodes,
    rounds: ROUNDS,
    roundTimeout: TIMEOUT,
    resultTimeout: 200,
    catchUpTimeout: 50,
    transferTimeout: 100,
    electionTimeout: 50,
    ...options
  })
}

function network(made: Case): Network<Model> {
  const { nodes = NODES, topology = 'full', init } = made
  const net = new Network<Model>({
    train: (node, round) => `${node}${round}`,
    aggregate: (_node, _round, updates) => updates.map(({ model }) => model).join('+'),
    ...init
  })

  for (const node of nodes) {
    net.add(node, machine(node, made))
  }

  connect(net, topology)
  introduce(net)

  for (const node of nodes) {
    net.input(node, { type: 'start', round: 0, model: 'first' })
  }

  return net
}

/** Members that are no neighbours are known all the same. */
function introduce(net: Network<Model>): void {
  for (const node of net.nodes) {
    for (const other of net.nodes.filter((one) => one !== node && !net.linked(one, node))) {
      net.input(node, { type: 'peer', peer: other, present: true, direct: false })
    }
  }
}

function ends(net: Network<Model>, node: string): Array<Extract<Output<Model>, { type: 'round-end' }>> {
  return net.log.flatMap((one) => (one.type === 'round-end' && one.node === node ? [one] : []))
}

function results(net: Network<Model>): Model[] {
  return net.log.flatMap((one) => (one.type === 'finished' ? [one.model] : []))
}

function leaders(net: Network<Model>): Map<number, string> {
  return new Map(net.log.flatMap((one) => (one.type === 'leader' ? [[one.term, one.leader]] : [])))
}

describe('learning with a server', () => {
  for (const topology of ['full', 'ring'] as const) {
    it(`${topology}: each round has the updates of all trainers, and all have the same model`, async () => {
      const net = network({ kind: 'CFL', topology })

      await net.run(ROUNDS * 200)
      assert.deepEqual(
        results(net),
        NODES.map(() => 'b5+c5+d5+e5')
      )
      assert.deepEqual(
        ends(net, 'a').map(({ how, counted }) => [how, counted.length]),
        Array.from({ length: ROUNDS }, () => ['aggregated', 4])
      )
      assert.deepEqual(
        NODES.map((node) => net.machine(node).role),
        ['server', 'trainer', 'trainer', 'trainer', 'trainer']
      )
      assert.ok(net.log.every(({ type }) => type !== 'refused'))
    })
  }

  it('ends a round at its deadline without the one that is late', async () => {
    const net = network({
      kind: 'CFL',
      init: { trainMs: (node, round) => (node === 'c' && round === 1 ? Infinity : 100) }
    })

    await net.run(TIMEOUT + ROUNDS * 200)
    assert.deepEqual(ends(net, 'a')[1]?.missing, ['c'])
    assert.equal(results(net).length, 5)
    assert.equal(ends(net, 'c').at(-1)?.how, 'adopted')
  })

  it('goes on alone while the server is gone, and comes back to its result', async () => {
    const net = network({ kind: 'CFL', nodes: ['a', 'b', 'c'] })

    await net.run(150)
    net.unlink('a', 'b')
    await net.run(600)
    assert.ok(ends(net, 'b').some(({ how }) => how === 'alone'))
    net.link('a', 'b')
    await net.run(1_500)
    assert.deepEqual(new Set(results(net).slice(-2)), new Set(['b5+c5']))
  })

  it('passes on by a proxy that does not train, and lets who is idle follow', async () => {
    const net = network({ kind: 'CFL', nodes: [] })

    for (const node of ['a', 'p', 'b', 'c', 'i']) {
      const role = node === 'p' ? 'proxy' : node === 'i' ? 'idle' : undefined

      net.add(node, machine(node, { kind: 'CFL', options: { role } }))
    }

    for (const node of ['a', 'b', 'c', 'i']) {
      net.link('p', node)
    }

    introduce(net)

    for (const node of net.nodes) {
      net.input(node, { type: 'start', round: 0, model: 'first' })
    }

    await net.run(ROUNDS * 200)
    assert.deepEqual(
      results(net),
      net.nodes.map(() => 'b5+c5')
    )
  })
})

describe('learning with a leader that changes', () => {
  for (const topology of ['full', 'ring'] as const) {
    it(`${topology}: another leads each round, each update counts, and all have the same model`, async () => {
      const net = network({ kind: 'SDFL', topology })

      await net.run(ROUNDS * 250)
      assert.deepEqual(
        results(net),
        NODES.map(() => 'a5+b5+c5+d5+e5')
      )

      const led = [...leaders(net)].sort(([x], [y]) => x - y).map(([, leader]) => leader)

      assert.deepEqual(led, ['b', 'c', 'd', 'e', 'a'])
    })

    it(`${topology}: when the leader is killed another leads within the round`, async () => {
      const net = network({ kind: 'SDFL', topology })

      await net.run(300)

      const { leader } = (net.machine('a') as LedRounds<Model>).leadership
      const { round } = net.machine('a')

      net.kill(leader)

      for (const node of net.nodes) {
        net.input(node, { type: 'peer', peer: leader, present: false })
      }

      const left = net.nodes

      await net.run(300 + TIMEOUT)
      assert.ok(left.every((node) => (net.machine(node) as LedRounds<Model>).leadership.leader !== leader))
      await net.run(ROUNDS * TIMEOUT)
      assert.equal(results(net).length, 4)
      assert.equal(new Set(results(net)).size, 1)
      assert.ok(
        left.every((node) => ends(net, node).every(({ how }) => how !== 'alone' && how !== 'skipped'))
      )
      assert.ok(round < ROUNDS)
    })
  }

  it('asks another when the next one does not answer, and the leader leads on meanwhile', async () => {
    const net = network({
      kind: 'SDFL',
      init: { messageMs: (_from, to, message) => (to === 'b' && message.type === 'transfer' ? Infinity : 5) }
    })

    await net.run(ROUNDS * 400)
    assert.equal(results(net).length, 5)
    assert.ok(![...leaders(net).values()].includes('b'))
    assert.ok([...leaders(net).values()].includes('c'))
  })

  it('gives no majority to a minority: it goes on alone, and follows the majority when it is back', async () => {
    const net = network({ kind: 'SDFL', init: { trainMs: () => 400 } })

    await net.run(50)

    for (const one of ['a', 'b']) {
      for (const other of ['c', 'd', 'e']) {
        net.unlink(one, other)
      }
    }

    await net.run(1_500)

    const minority = ['a', 'b'].map((node) => (net.machine(node) as LedRounds<Model>).leadership.term)
    const majority = ['c', 'd', 'e'].map((node) => (net.machine(node) as LedRounds<Model>).leadership.term)

    assert.equal(Math.max(...minority), 0)
    assert.equal(new Set(majority).size, 1)
    assert.ok(Math.max(...majority) > 0)

    for (const one of ['a', 'b']) {
      for (const other of ['c', 'd', 'e']) {
        net.link(one, other)
      }
    }

    await net.run(10 * TIMEOUT)
    assert.equal(results(net).length >= 5, true)
    assert.equal(new Set(['a', 'b', 'c', 'd', 'e'].map((node) => net.machine(node).phase)).size, 1)
  })

  it('lets a node that comes late take part, which does not vote', async () => {
    const net = network({ kind: 'SDFL', nodes: ['a', 'b', 'c'] })

    await net.run(250)
    net.add('late', machine('late', { kind: 'SDFL', nodes: ['a', 'b', 'c'] }))

    for (const node of ['a', 'b', 'c']) {
      net.link('late', node)
    }

    net.input('late', { type: 'start', round: net.machine('a').round, model: 'offered' })
    await net.run(ROUNDS * 300)
    assert.deepEqual(new Set(results(net)), new Set(['a5+b5+c5+late5']))
  })
})

describe('who does not lead', () => {
  it('cannot give a result, or leadership', () => {
    const made = machine('b', { kind: 'SDFL' })

    for (const peer of ['a', 'c', 'd']) {
      made.handle({ type: 'peer', peer, present: true }, 0)
    }

    made.handle({ type: 'peer', peer: 'x', present: true }, 0)
    made.handle({ type: 'start', round: 0, model: 'first' }, 0)

    for (const message of [
      { type: 'result', origin: 'c', term: 0, made: 0, round: 1, model: 'x' },
      { type: 'result', origin: 'x', term: 1, made: 1, round: 1, model: 'x' },
      { type: 'leader', origin: 'x', term: 1 },
      { type: 'leader', origin: 'c', term: 2 ** 52 },
      { type: 'candidate', origin: 'x', term: 1 }
    ] as const) {
      const outputs = made.handle({ type: 'message', from: message.origin, message }, 1)

      assert.ok(outputs.some((one) => one.type === 'refused' && one.reason === 'not-leader'))
    }

    // the leader is there: nobody gets this node's vote against it
    const votes = made.handle(
      { type: 'message', from: 'c', message: { type: 'candidate', origin: 'c', term: 1 } },
      1
    )
    const transfer = made.handle(
      { type: 'message', from: 'c', message: { type: 'transfer', origin: 'c', term: 1, to: 'd' } },
      1
    )

    assert.ok([...votes, ...transfer].every((one) => one.type !== 'send' || one.message.type !== 'vote'))
    assert.equal(made.leadership.term, 0)
  })
})

describe('LedRounds', () => {
  it('wants the first leader among the voters, and not too many of them', () => {
    assert.throws(() => machine('a', { kind: 'SDFL', nodes: ['b'] }), RangeError)
    assert.throws(
      () => machine('a', { kind: 'SDFL', nodes: Array.from({ length: 257 }, (_, at) => `n${at}`) }),
      RangeError
    )
  })
})
