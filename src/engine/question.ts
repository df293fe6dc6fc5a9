import { raceSignal } from 'race-signal'
import { toError } from '../lib/to-error.ts'
import { checkAnswer } from './answers.ts'
import { ENGINE_RETRY_MS } from './constants.ts'
import { EngineTimeoutError } from './errors.ts'
import type { AnswerOf } from './answers.ts'
import type { Engine } from './types.ts'
import type { Clock } from '../lib/clock.ts'
import type { Deadline } from '../lib/deadline.ts'

export interface QuestionInit {
  clock: Pick<Clock, 'now'>
  /** Milliseconds in which the engine is to answer. */
  timeout: number
  /** A bound of so many milliseconds, which ends with the overlay. */
  deadline(ms: number): Deadline
  onAnswer(): void
  onFailure(error: Error): void
}

/**
 * Something that the engine is asked again and again. An engine that answers
 * at once is asked each time the answer is read. Of one that returns promises
 * the last answer is read, and `refresh` asks for a new one.
 */
export class Question<K extends 'round' | 'learningCycleFinished' | 'modelsWhenFinished'> {
  readonly #method: K
  readonly #engine: Engine
  readonly #init: QuestionInit
  #known?: { answer: AnswerOf<K> }
  #instant = true
  /** Calls that were answered with a promise, and the newest of them that has been kept. */
  #asked = 0
  #kept = 0
  /** When the engine was last found not to answer in time. */
  #overdue?: number

  constructor(engine: Engine, method: K, init: QuestionInit) {
    this.#engine = engine
    this.#method = method
    this.#init = init
  }

  /**
   * Makes sure that `read` gives what the engine says now. An engine that does
   * not answer in time is not waited for again until it does, or until it is
   * time to ask again: its last answer holds.
   *
   * @returns `undefined` when there is nothing to wait for
   * @throws {EngineAnswerError} when the answer is of a wrong type
   * @throws {EngineTimeoutError} when there is none in time, and none is known
   */
  refresh(): Promise<void> | undefined {
    if (!this.#isOverdue()) {
      return this.#instant && this.#known != null ? undefined : this.#ask()
    }

    if (this.#known == null) {
      throw new EngineTimeoutError(this.#method, this.#init.timeout)
    }

    return undefined
  }

  /**
   * @throws {EngineAnswerError} when the engine answers at once, and what it answers is of a wrong type
   * @throws {EngineTimeoutError} when it has not answered yet
   */
  read(): AnswerOf<K> {
    if (this.#instant) {
      // one that begins to return promises is read as it was
      this.#ask()?.catch(() => {})
    }

    if (this.#known == null) {
      throw new EngineTimeoutError(this.#method, this.#init.timeout)
    }

    return this.#known.answer
  }

  #isOverdue(): boolean {
    return this.#overdue != null && Math.abs(this.#init.clock.now() - this.#overdue) < ENGINE_RETRY_MS
  }

  #ask(): Promise<void> | undefined {
    let answer: unknown

    try {
      answer = this.#engine[this.#method]?.()

      if (!isPromise(answer)) {
        this.#known = { answer: checkAnswer(this.#method, answer) }
      }
    } catch (err) {
      this.#instant = true
      this.#init.onFailure(toError(err))
      throw err
    }

    this.#instant = !isPromise(answer)

    if (!isPromise(answer)) {
      this.#init.onAnswer()

      return undefined
    }

    return this.#wait(answer, ++this.#asked)
  }

  async #wait(promised: PromiseLike<unknown>, number: number): Promise<void> {
    const { clock, timeout, onAnswer, onFailure } = this.#init
    const limit = this.#init.deadline(timeout)
    const answered = this.#keep(promised, number)

    // it may be late
    answered.then(onAnswer, (err: unknown) => onFailure(toError(err)))

    try {
      await raceSignal(answered, limit.signal)
    } catch (err) {
      if (!limit.signal.aborted || toError(err).name !== 'TimeoutError') {
        throw err
      }

      const error = new EngineTimeoutError(this.#method, timeout)

      this.#overdue = clock.now()
      onFailure(error)

      if (this.#known == null) {
        throw error
      }
    } finally {
      limit.clear()
    }
  }

  /** Keeps the answer unless a later question has been answered. */
  async #keep(promised: PromiseLike<unknown>, number: number): Promise<void> {
    const answer = checkAnswer(this.#method, await promised)

    this.#overdue = undefined

    if (number > this.#kept) {
      this.#kept = number
      this.#known = { answer }
    }
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value != null && 'then' in value && typeof value.then === 'function'
}
