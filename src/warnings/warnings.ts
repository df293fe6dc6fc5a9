import { TypedEventEmitter } from 'main-event'
import { systemClock } from '../lib/clock.ts'
import { MAX_WARNINGS_PER_CODE } from './constants.ts'
import type { Warning, WarningCode } from './types.ts'
import type { Clock } from '../lib/clock.ts'
import type { ComponentLogger, Logger } from '@libp2p/interface'

export interface WarningsComponents {
  logger: ComponentLogger
}

export interface WarningsInit {
  clock?: Pick<Clock, 'now'>
}

export interface WarningsEvents {
  raised: CustomEvent<Warning>
  ended: CustomEvent<Warning>
}

/**
 * The failures that change what a user can expect of the node. Each is told
 * once, when it begins, and once more when it is over, however often a part
 * reports it in between.
 */
export class Warnings extends TypedEventEmitter<WarningsEvents> {
  readonly #clock: Pick<Clock, 'now'>
  readonly #log: Logger
  readonly #active = new Map<WarningCode, Map<string, Warning>>()

  constructor({ logger }: WarningsComponents, init: WarningsInit = {}) {
    super()
    this.#clock = init.clock ?? systemClock
    this.#log = logger.forComponent('nebula:warnings')
  }

  /** Tells of a failure, unless it has been told and has not ended. */
  raise({ code, subject, message, error }: Omit<Warning, 'since'>): void {
    const ofCode = this.#active.get(code) ?? new Map<string, Warning>()
    const key = subject ?? ''

    if (ofCode.has(key)) {
      return
    }

    this.#log.error('%s: %s', code, message)

    if (ofCode.size >= MAX_WARNINGS_PER_CODE) {
      // a peer may be the subject, and peers are free to make up
      return
    }

    const warning: Warning = {
      code,
      ...(subject == null ? {} : { subject }),
      message,
      since: this.#clock.now(),
      ...(error == null ? {} : { error })
    }

    ofCode.set(key, warning)
    this.#active.set(code, ofCode)
    this.safeDispatchEvent('raised', { detail: warning })
  }

  /** Tells that a failure is over, if it had been told. */
  end(code: WarningCode, subject?: string): void {
    const ofCode = this.#active.get(code)
    const key = subject ?? ''
    const warning = ofCode?.get(key)

    if (ofCode == null || warning == null) {
      return
    }

    ofCode.delete(key)
    this.#log('%s is over: %s', code, warning.message)
    this.safeDispatchEvent('ended', { detail: warning })
  }

  /** Tells that all failures of one kind are over. */
  endAll(code: WarningCode): void {
    for (const { subject } of this.#active.get(code)?.values() ?? []) {
      this.end(code, subject)
    }
  }

  /** The failures that have not ended, the oldest of each kind first. */
  list(): Warning[] {
    return [...this.#active.values()].flatMap((ofCode) => [...ofCode.values()])
  }

  /** How many there are of each code; those that have ended count 0. */
  counts(): Partial<Record<WarningCode, number>> {
    return Object.fromEntries([...this.#active].map(([code, ofCode]) => [code, ofCode.size]))
  }
}
