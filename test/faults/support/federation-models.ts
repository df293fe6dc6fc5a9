import { peerIdFromString } from '@libp2p/peer-id'
import type { Nebula, ReceivedModel } from '../../../src/index.ts'

export interface ModelReport {
  /** PeerId of the origin. */
  source: string
  /** Bytes that were read. */
  size: number
  /** Why it could not be read. */
  error?: string
}

/** Sends models, and reads every model that comes as an application does that does not want it in memory. */
export class ModelTraffic {
  readonly #nebula: Nebula
  readonly #received: ModelReport[] = []

  constructor(nebula: Nebula) {
    this.#nebula = nebula

    for (const type of ['model:update', 'model:initialization'] as const) {
      nebula.addEventListener(type, ({ detail }) => {
        void this.#read(detail)
      })
    }
  }

  /** The models that were read, or could not be. */
  get received(): ModelReport[] {
    return this.#received
  }

  /** @param bytes - of a payload that cannot be compressed */
  async send(peers: string[], bytes: number): Promise<void> {
    const payload = new Uint8Array(bytes)

    for (let at = 0; at < bytes; at += 65_536) {
      crypto.getRandomValues(payload.subarray(at, at + 65_536))
    }

    await this.#nebula.sendModel(
      peers.map((peer) => peerIdFromString(peer)),
      { payload, round: 1 }
    )
  }

  async #read(model: ReceivedModel): Promise<void> {
    const report: ModelReport = { source: model.source.toString(), size: 0 }

    try {
      for await (const piece of model) {
        report.size += piece.byteLength
      }
    } catch (err) {
      report.error = String(err)
    }

    this.#received.push(report)
  }
}
