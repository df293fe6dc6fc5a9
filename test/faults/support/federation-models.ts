import { createHash } from 'node:crypto'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Nebula, ReceivedModel } from '../../../src/index.ts'

export interface ModelReport {
  /** PeerId of the origin. */
  source: string
  round: number
  /** Bytes that were read. */
  size: number
  /** Of what was read, in hexadecimal. */
  sha256: string
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

  /**
   * @param bytes - of a payload that cannot be compressed
   * @returns the SHA-256 of the payload, in hexadecimal
   */
  async send(peers: string[], bytes: number, round = 1): Promise<string> {
    const payload = new Uint8Array(bytes)

    for (let at = 0; at < bytes; at += 65_536) {
      crypto.getRandomValues(payload.subarray(at, at + 65_536))
    }

    await this.#nebula.sendModel(
      peers.map((peer) => peerIdFromString(peer)),
      { payload, round }
    )

    return createHash('sha256').update(payload).digest('hex')
  }

  async #read(model: ReceivedModel): Promise<void> {
    const report: ModelReport = { source: model.source.toString(), round: model.round, size: 0, sha256: '' }
    const hash = createHash('sha256')

    try {
      for await (const piece of model) {
        report.size += piece.byteLength
        hash.update(piece)
      }

      report.sha256 = hash.digest('hex')
    } catch (err) {
      report.error = String(err)
    }

    this.#received.push(report)
  }
}
