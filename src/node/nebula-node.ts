import type { NodeServices } from './libp2p-options.ts'
import type { Config } from '../config/index.ts'
import type { Nebula } from '../interface.ts'
import type { Libp2p, PeerId } from '@libp2p/interface'

/** A libp2p node with the overlay, and all that it holds. */
export class NebulaNode {
  readonly config: Config
  readonly libp2p: Libp2p<NodeServices>
  readonly #close: () => Promise<void>

  constructor(config: Config, libp2p: Libp2p<NodeServices>, close: () => Promise<void>) {
    this.config = config
    this.libp2p = libp2p
    this.#close = close
  }

  get peerId(): PeerId {
    return this.libp2p.peerId
  }

  get nebula(): Nebula {
    return this.libp2p.services.nebula
  }

  /** Listens, and looks for the federation. */
  async start(): Promise<void> {
    await this.libp2p.start()
  }

  /** Says goodbye to every link and lets go of everything, within `stopTimeout`. A stopped node cannot be started again. */
  async stop(): Promise<void> {
    const deadline = Promise.withResolvers<void>()
    const timer = setTimeout(deadline.resolve, this.config.stopTimeout)

    try {
      await Promise.race([this.libp2p.stop(), deadline.promise])
    } finally {
      clearTimeout(timer)
      await this.#close()
    }
  }
}
