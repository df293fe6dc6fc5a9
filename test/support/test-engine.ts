import type { Engine, ModelSource, NeighbourUpdate, TrainingInfo } from '../../src/index.ts'

/** An engine whose every answer the test writes. */
export class TestEngine implements Engine {
  currentRound: number | null = 0
  finished = false
  parameters: ModelSource | undefined = Buffer.from('parameters')
  weight = 10n
  info: TrainingInfo = {}
  /** How often the parameters were asked for. */
  asked = 0

  round(): number | null {
    return this.currentRound
  }

  learningCycleFinished(): boolean {
    return this.finished
  }

  updateNeighbours(_update: NeighbourUpdate): void {}

  async modelParameters(): Promise<ModelSource | undefined> {
    this.asked++

    return this.parameters
  }

  modelWeight(): bigint {
    return this.weight
  }

  training(): TrainingInfo {
    return this.info
  }
}
