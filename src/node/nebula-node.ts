import { AbortError } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { systemClock } from '../lib/clock.ts'
import { atMost } from '../lib/wait-for.ts'
import type { DataDir } from './data-dir.ts'
import type { NodeServices } from './node-services.ts'
import type { PrometheusText } from './prometheus.ts'
import type { Config } from '../config/index.ts'
import type { Nebula } from '../interface.ts'
import type { Warnings } from '../warnings/index.ts'
import type { Libp2p, PeerId, ServiceMap, Startable } from '@libp2p/interface'

/** What a node keeps, as far as it is its own affair. */
export type NodeState = Pick<DataDir, 'explain' | 'close'> & {
  metrics?: PrometheusText
  warnings: Warnings
  /** What starts before libp2p and stops before it. */
  keepers: Startable[]
}

/** A libp2p node with the overlay, and all that it holds. */
export class NebulaNode<T extends ServiceMap = ServiceMap> {
  readonly config: Config
  readonly libp2p: Libp2p<NodeServices & T>
  readonly #state: NodeState
  #stopping = new AbortController()

  constructor(config: Config, libp2p: Libp2p<NodeServices & T>, state: NodeState) {
    this.config = config
    this.libp2p = libp2p
    this.#state = state
  }

  get peerId(): PeerId {
    return this.libp2p.peerId
  }

  /** What Prometheus scrapes, when `metrics.enabled`. */
  get metrics(): PrometheusText | undefined {
    return this.#state.metrics
  }

  /** Where failures are raised that change what the user can expect. */
  get warnings(): Warnings {
    return this.#state.warnings
  }

  get nebula(): Nebula {
    return this.libp2p.services.nebula
  }

  /**
   * Listens, and looks for the federation. With `waitForDirect` it resolves when
   * all nodes of `direct` are linked.
   *
   * @throws {CorruptStoreError} when the store turns out to be damaged
   * @throws {MissingNeighboursError} when nodes of `direct` are not linked in time; the node is stopped then
   */
  async start(): Promise<void> {
    this.#stopping = new AbortController()

    try {
      for (const keeper of this.#state.keepers) {
        await keeper.start()
      }

      await this.libp2p.start()
      await this.#waitForDirect()
    } catch (err) {
      await this.#leave()
      throw this.#state.explain(err)
    }
  }

  /** Says goodbye to every link and lets go of everything, within `stopTimeout`. A stopped node cannot be started again. */
  async stop(): Promise<void> {
    this.#stopping.abort(new AbortError('The node was stopped'))

    try {
      await atMost(systemClock, this.config.stopTimeout, this.#leave())
    } finally {
      await this.#state.close()
    }
  }

  async #waitForDirect(): Promise<void> {
    const { direct, waitForDirect: timeout } = this.config

    if (timeout != null) {
      const neighbours = direct.map((addr) => multiaddr(addr))

      await this.nebula.startCommunications(neighbours, { timeout, signal: this.#stopping.signal })
    }
  }

  async #leave(): Promise<void> {
    await this.#stopKeepers()
    await this.libp2p.stop()
  }

  async #stopKeepers(): Promise<void> {
    await Promise.all(this.#state.keepers.map(async (keeper) => keeper.stop()))
  }
}
