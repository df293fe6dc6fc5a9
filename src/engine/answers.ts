import { isMultiaddr } from '@multiformats/multiaddr'
import { isPeerId } from '@libp2p/interface'
import { isGeoLocation } from '../lib/geo-location.ts'
import { isModelSource } from '../models/new-model.ts'
import { EngineAnswerError } from './errors.ts'
import type { Engine } from './types.ts'

/** What a method of the engine answers. */
export type AnswerOf<K extends keyof Engine> = Awaited<ReturnType<NonNullable<Engine[K]>>>

interface Rule {
  /** As it stands in the error. */
  expected: string
  check(answer: unknown): boolean
}

const MAX_INT32 = 0x7fff_ffff

const isBoolean = (answer: unknown): boolean => typeof answer === 'boolean'
const isOptional =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value == null || check(value)
const isListOf =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(check)
const isRound = (answer: unknown): boolean =>
  Number.isInteger(answer) && Math.abs(answer as number) <= MAX_INT32
const model: Rule = {
  expected: 'a Uint8Array, { path } of a file, an async iterable of Uint8Arrays, or undefined',
  check: isOptional(isModelSource)
}

const RULES: Record<keyof Engine, Rule> = {
  round: { expected: 'a whole number or null', check: (answer) => answer === null || isRound(answer) },
  learningCycleFinished: { expected: 'true or false', check: isBoolean },
  modelsWhenFinished: { expected: 'true or false', check: isBoolean },
  // nobody reads it
  updateNeighbours: { expected: 'nothing', check: () => true },
  modelParameters: model,
  initialModel: model,
  modelWeight: {
    expected: 'a bigint of 0 or more',
    check: (answer) => typeof answer === 'bigint' && answer >= 0n
  },
  training: {
    expected: '{ rounds?, epochs?, loss? } of numbers',
    check: (answer) =>
      has(answer, {
        rounds: isOptional(isRound),
        epochs: isOptional(isRound),
        loss: isOptional((loss) => typeof loss === 'number')
      })
  },
  location: {
    expected: '{ latitude, longitude } in degrees, -90 to 90 and -180 to 180, or undefined',
    check: isOptional(isGeoLocation)
  },
  acceptNeighbour: {
    expected: '{ accept, connectTo?, disconnectFrom? } of a boolean and lists of PeerIds or multiaddrs',
    check: (answer) =>
      has(answer, {
        accept: isBoolean,
        connectTo: isOptional(isListOf((target) => isPeerId(target) || isMultiaddr(target))),
        disconnectFrom: isOptional(isListOf(isPeerId))
      })
  }
}

/** @throws {EngineAnswerError} when the answer is of a wrong type */
export function checkAnswer<K extends keyof Engine>(method: K, answer: unknown): AnswerOf<K> {
  const { expected, check } = RULES[method]

  if (!check(answer)) {
    throw new EngineAnswerError(method, expected, answer)
  }

  return answer as AnswerOf<K>
}

/**
 * Calls a method of the engine; `undefined` where the engine does not have it.
 *
 * @throws {EngineAnswerError} when the answer is of a wrong type
 */
export async function askEngine<K extends keyof Engine>(
  engine: Engine,
  method: K,
  ...args: Parameters<NonNullable<Engine[K]>>
): Promise<AnswerOf<K> | undefined> {
  const call = engine[method] as ((...given: typeof args) => unknown) | undefined

  return call == null ? undefined : checkAnswer(method, await call.apply(engine, args))
}

function has(answer: unknown, checks: Record<string, (value: unknown) => boolean>): boolean {
  return (
    typeof answer === 'object' &&
    answer != null &&
    Object.entries(checks).every(([key, check]) => check((answer as Record<string, unknown>)[key]))
  )
}
