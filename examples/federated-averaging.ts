/**
 * Federated averaging: three nodes begin with one model, and in each round
 * train it on data of their own and average what they have. Then a fourth node
 * comes late and is offered the model.
 *
 *   node examples/federated-averaging.ts
 *
 * In your project the imports below are from 'nebula-overlay' and
 * 'nebula-overlay/node'.
 */
import { EventEmitter, once } from 'node:events'
import { createNode } from '../src/node/index.ts'
import type { Engine, Nebula, NebulaEvents, ReceivedModel } from '../src/index.ts'

const ROUNDS = 3

/** A model of a few numbers, which training draws towards the mean of the data. */
class AveragingEngine extends EventEmitter implements Engine {
  parameters = new Float64Array(2)
  readonly #data: { mean: number[]; samples: number }
  readonly #received = new Map<string, ReceivedModel>()
  #round: number | null = null

  constructor(data: { mean: number[]; samples: number }) {
    super()
    this.#data = data
  }

  round(): number | null {
    return this.#round
  }

  learningCycleFinished(): boolean {
    return false
  }

  updateNeighbours(): void {}

  /** What is propagated, and offered to nodes that come late. */
  modelParameters(): Uint8Array {
    return bytesOf(this.parameters)
  }

  modelWeight(): bigint {
    return BigInt(this.#data.samples)
  }

  training(): { rounds: number } {
    return { rounds: ROUNDS }
  }

  /** @returns the parameters after each round */
  async learn(nebula: Nebula, starts: boolean): Promise<string[]> {
    // a neighbour may be a round ahead, so what it sends is kept
    nebula.addEventListener('model:update', ({ detail }) => {
      this.#received.set(`${detail.source} ${detail.round}`, detail)
      this.emit('model')
    })

    if (starts) {
      await nebula.propagator.run('initialization')
    } else {
      this.parameters = valuesOf(await (await next(nebula, 'model:initialization')).bytes())
    }

    const ready = nebula.checkFederationReady() ? undefined : next(nebula, 'federation:ready')

    await nebula.sendToNeighbours(nebula.createMessage('federation', 'federation_ready'))
    await ready

    const history: string[] = []

    for (let round = 0; round < ROUNDS; round++) {
      this.#round = round
      this.parameters = this.parameters.map((value, i) => (value + (this.#data.mean[i] ?? 0)) / 2)
      await nebula.propagator.run('stable')
      await this.#average(nebula, round)
      history.push([...this.parameters].map((value) => value.toFixed(2)).join(' '))
    }

    return history
  }

  /** The mean of this node's model and those of its neighbours, by their samples. */
  async #average(nebula: Nebula, round: number): Promise<void> {
    const keys = nebula.peers({ onlyDirect: true }).map((peer) => `${peer} ${round}`)

    while (!keys.every((key) => this.#received.has(key))) {
      await once(this, 'model')
    }

    let samples = this.#data.samples
    const sums = this.parameters.map((value) => value * samples)

    for (const model of keys.flatMap((key) => this.#received.get(key) ?? [])) {
      const weight = Number(model.weight)

      valuesOf(await model.bytes()).forEach((value, i) => (sums[i] = (sums[i] ?? 0) + value * weight))
      samples += weight
    }

    this.parameters = sums.map((sum) => sum / samples)
  }
}

function bytesOf(values: Float64Array): Uint8Array {
  return new Uint8Array(values.slice().buffer)
}

function valuesOf(bytes: Uint8Array): Float64Array<ArrayBuffer> {
  return new Float64Array(Uint8Array.from(bytes).buffer)
}

async function next<K extends keyof NebulaEvents>(
  nebula: Nebula,
  type: K
): Promise<NebulaEvents[K]['detail']> {
  const { promise, resolve } = Promise.withResolvers<NebulaEvents[K]['detail']>()

  nebula.addEventListener(type, (event) => resolve(event.detail), { once: true })

  return promise
}

const config = { federation: 'lab', listen: ['/ip4/127.0.0.1/tcp/0'], mdns: { enabled: false } }
const engines = [
  new AveragingEngine({ mean: [0, 16], samples: 10 }),
  new AveragingEngine({ mean: [8, 0], samples: 10 }),
  new AveragingEngine({ mean: [16, 8], samples: 20 })
]
const nodes = await Promise.all(engines.map(async (engine) => createNode(config, { engine })))

for (const [i, { nebula }] of nodes.entries()) {
  for (const { libp2p } of nodes.slice(i + 1)) {
    await nebula.connect(libp2p.getMultiaddrs(), { direct: true })
  }
}

const histories = await Promise.all(engines.map(async (engine, i) => engine.learn(nodes[i]!.nebula, i === 0)))

for (let round = 0; round < ROUNDS; round++) {
  const models = new Set(histories.map((history) => history[round]))

  console.log(`round ${round}: ${[...models].join(' or ')} at ${histories.length} nodes`)
}

const late = await createNode(config)
const addrs = nodes.flatMap(({ libp2p }) => libp2p.getMultiaddrs())
const { offers, neighbours } = await late.nebula.lateJoin({ addrs })

for (const { fields, model } of offers.slice(0, 1)) {
  const values = model && [...valuesOf(await model.bytes())].map((value) => value.toFixed(2)).join(' ')

  console.log(`late: the model of round ${fields.round} of ${fields.rounds} is ${values}`)
}

console.log(`late: ${offers.length} offers, ${neighbours.length} neighbours`)
await Promise.all([...nodes, late].map(async (node) => node.stop()))
