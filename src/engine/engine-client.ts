import { raceSignal } from 'race-signal'
import { Lifetime } from '../lib/lifetime.ts'
import { deadline } from '../lib/deadline.ts'
import { toError } from '../lib/to-error.ts'
import { askEngine } from './answers.ts'
import { ENGINE_TASK_TIMEOUT_MS, ENGINE_TIMEOUT_MS } from './constants.ts'
import { EngineAnswerError, EngineTimeoutError } from './errors.ts'
import { Question } from './question.ts'
import type { AnswerOf } from './answers.ts'
import type { Engine, NeighbourUpdate, TrainingInfo } from './types.ts'
import type { Clock } from '../lib/clock.ts'
import type { Deadline } from '../lib/deadline.ts'
import type { Warnings } from '../warnings/index.ts'
import type { Startable } from '@libp2p/interface'

export interface EngineClientInit {
  clock: Clock
  warnings: Pick<Warnings, 'raise' | 'end'>
  /** Milliseconds in which the engine tells its state. @default 2_000 */
  timeout?: number
  /** Milliseconds in which it does anything else. @default 60_000 */
  taskTimeout?: number
}

/**
 * The engine as the other parts ask it: what it answers is checked, and nothing
 * waits for it without end. Its state (`round`, `finished`, `takesModels`) can
 * be read at once; who needs it as it is now awaits `refresh` first.
 */
export class EngineClient implements Startable {
  readonly engine: Engine
  readonly #init: EngineClientInit
  readonly #taskTimeout: number
  readonly #round: Question<'round'>
  readonly #finished: Question<'learningCycleFinished'>
  readonly #modelsWhenFinished?: Question<'modelsWhenFinished'>
  /** Settles when the engine has taken all updates. */
  #updated: Promise<unknown> = Promise.resolve()
  readonly #lifetime = new Lifetime()

  constructor(engine: Engine, init: EngineClientInit) {
    const question = <K extends 'round' | 'learningCycleFinished' | 'modelsWhenFinished'>(
      method: K
    ): Question<K> =>
      new Question(engine, method, {
        clock: init.clock,
        timeout: init.timeout ?? ENGINE_TIMEOUT_MS,
        deadline: (ms) => this.#deadline(ms),
        onAnswer: () => this.#init.warnings.end('engine-failed', method),
        onFailure: (error) => this.#warn(method, error)
      })

    this.engine = engine
    this.#init = init
    this.#taskTimeout = init.taskTimeout ?? ENGINE_TASK_TIMEOUT_MS
    this.#round = question('round')
    this.#finished = question('learningCycleFinished')
    this.#modelsWhenFinished = engine.modelsWhenFinished && question('modelsWhenFinished')
  }

  /** @throws {EngineAnswerError} when what the engine answers is of a wrong type */
  async start(): Promise<void> {
    this.#lifetime.start()

    try {
      await this.refresh()
    } catch (err) {
      // an engine that cannot answer yet may do so later
      if (err instanceof EngineAnswerError) {
        throw err
      }
    }
  }

  /** Nothing waits for the engine any more; updates that wait for each other are handed over at once. */
  stop(): void {
    this.#lifetime.stop()
  }

  /**
   * Asks the engine for its state.
   *
   * @returns `undefined` when there is nothing to wait for
   * @throws {EngineAnswerError} when an answer is of a wrong type
   * @throws {EngineTimeoutError} when the engine has never answered
   */
  refresh(): Promise<void> | undefined {
    const waits = [this.#round, this.#finished, this.#modelsWhenFinished]
      .map((question) => question?.refresh())
      .filter((wait) => wait != null)

    return waits.length === 0 ? undefined : Promise.all(waits).then(() => {})
  }

  get round(): number | null {
    return this.#round.read()
  }

  /** Whether learning has finished. */
  get finished(): boolean {
    return this.#finished.read()
  }

  /** Whether models are sent and received. */
  get takesModels(): boolean {
    return !this.finished || this.#modelsWhenFinished?.read() === true
  }

  /** What the engine says of learning, with the defaults of the messages that tell it. */
  async training(): Promise<Required<TrainingInfo>> {
    return { rounds: 1, epochs: 1, loss: 0, ...(await this.ask('training')) }
  }

  /** Tells the engine of a change of the neighbours, once it has taken the one before. */
  async updateNeighbours(update: NeighbourUpdate): Promise<void> {
    const updated = this.#updated.then(async () => this.ask('updateNeighbours', update))

    this.#updated = updated.catch(() => {})

    try {
      await updated
    } catch (err) {
      // what the engine makes of an update does not matter to a node that has stopped
      if (!this.#lifetime.signal.aborted) {
        throw err
      }
    }
  }

  /**
   * Calls a method of the engine; `undefined` where the engine does not have it.
   *
   * @throws {EngineAnswerError} when the answer is of a wrong type
   * @throws {EngineTimeoutError} when there is none in time
   */
  async ask<K extends Exclude<keyof Engine, 'round' | 'learningCycleFinished' | 'modelsWhenFinished'>>(
    method: K,
    ...args: Parameters<NonNullable<Engine[K]>>
  ): Promise<AnswerOf<K> | undefined> {
    return this.within(method, askEngine(this.engine, method, ...args))
  }

  /**
   * Bounds what the engine does in time.
   *
   * @throws {EngineTimeoutError} when it takes too long
   */
  async within<T>(method: keyof Engine, task: Promise<T>): Promise<T> {
    const limit = this.#deadline(this.#taskTimeout)

    try {
      const answer = await raceSignal(task, limit.signal)

      this.#init.warnings.end('engine-failed', method)

      return answer
    } catch (err) {
      if (this.#lifetime.signal.aborted) {
        throw this.#lifetime.signal.reason
      }

      const error = limit.signal.aborted ? new EngineTimeoutError(method, this.#taskTimeout) : toError(err)

      this.#warn(method, error)
      throw error
    } finally {
      limit.clear()
    }
  }

  #deadline(ms: number): Deadline {
    return deadline(this.#init.clock, ms, this.#lifetime.signal)
  }

  #warn(method: keyof Engine, error: Error): void {
    this.#init.warnings.raise({
      code: 'engine-failed',
      subject: method,
      message:
        error instanceof EngineAnswerError || error instanceof EngineTimeoutError
          ? error.message
          : `The engine's ${method}() failed: ${error.message}`,
      error
    })
  }
}
