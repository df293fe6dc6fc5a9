/**
 * What the overlay serves: an engine that learns in rounds with its neighbours,
 * and that is left alone once it has finished.
 *
 *   node examples/custom-engine.ts
 *
 * In your project the imports below are from 'nebula-overlay' and
 * 'nebula-overlay/node'.
 */
import { EventEmitter, once } from 'node:events'
import { createNode } from '../src/node/index.ts'
import type { Engine, Nebula, NeighbourUpdate } from '../src/index.ts'

const ROUNDS = 3

/** A round ends when this node and all its neighbours have done their part of it. */
class RoundEngine extends EventEmitter implements Engine {
  #round = 0
  #neighbours: string[] = []
  readonly #done = new Set<string>()

  round(): number {
    return this.#round
  }

  /** From then on the overlay makes no link and sends nothing. */
  learningCycleFinished(): boolean {
    return this.#round === ROUNDS
  }

  updateNeighbours({ neighbours }: NeighbourUpdate): void {
    this.#neighbours = neighbours.map(String)
    this.emit('change')
  }

  async learn(nebula: Nebula): Promise<void> {
    // a neighbour may be a round ahead, so what it says is kept
    nebula.addEventListener('message:federation:federation_models_included', ({ detail }) => {
      this.#done.add(`${detail.source} ${detail.message.fields.round}`)
      this.emit('change')
    })

    await this.#until(() => this.#neighbours.length > 0)

    while (!this.learningCycleFinished()) {
      // here a model would be trained and exchanged
      const message = nebula.createMessage('federation', 'federation_models_included', { round: this.#round })

      await nebula.sendToNeighbours(message)
      await this.#until(() => this.#neighbours.every((peer) => this.#done.has(`${peer} ${this.#round}`)))
      console.log(`round ${this.#round} done with ${this.#neighbours.length} neighbours`)
      this.#round++
    }
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await once(this, 'change')
    }
  }
}

const config = { federation: 'lab', listen: ['/ip4/127.0.0.1/tcp/0'], mdns: { enabled: false } }
const engines = [new RoundEngine(), new RoundEngine()] as const
const one = await createNode(config, { engine: engines[0] })
const two = await createNode(config, { engine: engines[1] })
const learning = [engines[0].learn(one.nebula), engines[1].learn(two.nebula)]

await one.nebula.connect(two.libp2p.getMultiaddrs(), { direct: true })
await Promise.all(learning)

const late = await createNode(config)

await late.nebula.connect(one.libp2p.getMultiaddrs()).catch(({ name, reason }) => {
  console.log(`a node that comes late: ${name} ${reason}`)
})
await Promise.all([one.stop(), two.stop(), late.stop()])
