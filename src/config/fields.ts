/**
 * The kinds of values a configuration holds. Each kind knows its type in words,
 * what it expects and how it is written in an environment variable.
 */
import { z } from 'zod'
import { MAX_COUNT, MAX_DURATION_MS, MAX_SIZE_BYTES } from './constants.ts'
import { looksLikeSubnet, parseSubnet } from '../lib/net/index.ts'
import { isForwardable, whyNotForwardable } from '../forwarding/forward-policy.ts'
import { isMessageType, MESSAGE_TYPES } from '../messages/definitions.ts'
import { readMultiaddr } from './multiaddrs.ts'
import { parseDuration, parseSize } from './units.ts'
import type { MessageType } from '../messages/types.ts'
import type { AddressUse } from './multiaddrs.ts'

export interface FieldInfo {
  /** The type as documentation names it. */
  type: string
  /** The value that a text on the command line or in the environment stands for; an unreadable text is left as it is. */
  fromText(value: string): unknown
}

/** What is known of each field beside its zod schema. */
export const fieldInfo = z.registry<FieldInfo>()

/** The empty list, or no directory, in an environment variable or a flag. */
const NONE = 'none'

/** A whole number. */
export function count({ min = 1, max = MAX_COUNT } = {}) {
  const error = `expected a whole number from ${min} to ${max}`

  return z
    .number({ error })
    .refine((value) => Number.isSafeInteger(value) && value >= min && value <= max, only(error))
    .register(fieldInfo, {
      type: `whole number${range(min, max, MAX_COUNT)}`,
      fromText: (value) => (/^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value)
    })
}

/** A number that need not be whole. */
export function decimal({ min = -MAX_COUNT, max = MAX_COUNT } = {}) {
  const error = `expected a number from ${min} to ${max}`

  return z
    .number({ error })
    .refine((value) => value >= min && value <= max, only(error))
    .register(fieldInfo, {
      type: min === -MAX_COUNT ? 'number' : `number${range(min, max, MAX_COUNT)}`,
      fromText: (value) => (/^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value)
    })
}

/** Milliseconds, given as a number or as a time with its unit. */
export function duration({ min = 1, max = MAX_DURATION_MS } = {}) {
  const error = `expected a duration in milliseconds or like "10s", from ${min} to ${max}`

  return quantity(parseDuration, { min, max, error }).register(fieldInfo, {
    type: `duration in ms${range(min, max, MAX_DURATION_MS)}`,
    fromText: (value) => value
  })
}

/** Bytes, given as a number or as a size with its unit. */
export function size({ min = 1, max = MAX_SIZE_BYTES } = {}) {
  const error = `expected a size in bytes or like "1MiB", from ${min} to ${max}`

  return quantity(parseSize, { min, max, error }).register(fieldInfo, {
    type: `size in bytes${range(min, max, MAX_SIZE_BYTES)}`,
    fromText: (value) => value
  })
}

function quantity(
  parse: (value: string) => number | undefined,
  { min, max, error }: { min: number; max: number; error: string }
) {
  return z.union([z.number(), z.string()], { error }).transform((input, context): number => {
    const value = typeof input === 'string' ? parse(input) : input

    if (value == null || !Number.isSafeInteger(value) || value < min || value > max) {
      context.addIssue({ code: 'custom', message: error, continue: false })

      return z.NEVER
    }

    return value
  })
}

export function flag() {
  return z
    .boolean({ error: 'expected true or false' })
    .register(fieldInfo, { type: 'true or false', fromText: readFlag })
}

/** One of some words. */
export function choice<const T extends [string, ...string[]]>(words: T) {
  const type = enumerate(words.map((word) => `"${word}"`))

  return z
    .enum(words, { error: `expected ${type}` })
    .register(fieldInfo, { type, fromText: (value) => value })
}

/** `true`, `false`, or `auto` for a value that follows from other keys. */
export function flagOrAuto() {
  const type = 'true, false or "auto"'

  return z
    .union([z.boolean(), z.literal('auto')], { error: `expected ${type}` })
    .register(fieldInfo, { type, fromText: readFlag })
}

/** Text of a certain form; `expected` describes the form in words. */
export function text(type: string, expected: string, suits: (value: string) => boolean) {
  const error = `expected ${expected}`

  return z
    .string({ error })
    .refine(suits, only(error))
    .register(fieldInfo, { type, fromText: (value) => value })
}

/** What must not be in a text, and is not repeated in the error. */
interface Secret {
  error: string
  isIn(value: string): boolean
}

/** A text, or null for none. */
export function optionalText(
  type: string,
  expected: string,
  suits: (value: string) => boolean,
  secret: Secret = { error: '', isIn: () => false }
) {
  const error = `expected ${expected}, or null`

  return z
    .string({ error })
    .refine((value) => !secret.isIn(value), {
      ...only(secret.error),
      params: { other: [], got: '(hidden)' }
    })
    .refine(suits, only(error))
    .nullable()
    .register(fieldInfo, { type: `${type}, or null`, fromText: (value) => (value === NONE ? null : value) })
}

/** The field, or null where something else decides. */
export function orNull<T extends z.ZodType>(field: T): z.ZodNullable<T> {
  const info = fieldInfo.get(field)

  if (info == null) {
    throw new TypeError('orNull takes a field of this file')
  }

  const nullable: z.ZodNullable<T> = field.nullable()

  fieldInfo.add(nullable, {
    type: `${info.type}, or null`,
    fromText: (value) => (value === NONE ? null : info.fromText(value))
  })

  return nullable
}

interface ListBounds {
  min?: number
  max?: number
}

/** A list without duplicates. */
function list<T extends z.ZodType>(item: T, type: string, { min = 0, max = 1_000 }: ListBounds = {}) {
  const error = `expected a list of ${type}, ${min} to ${max} of them, none twice`

  return z
    .array(item, { error })
    .refine(
      (items) => items.length >= min && items.length <= max && new Set(items).size === items.length,
      only(error)
    )
    .register(fieldInfo, {
      type: `list of ${type}`,
      fromText: (value) => (value === NONE ? [] : value.split(/[\s,]+/).filter((part) => part !== ''))
    })
}

export function choices<const T extends readonly [string, ...string[]]>(words: T, bounds?: ListBounds) {
  const type = enumerate(words.map((word) => `"${word}"`))

  return list(z.enum(words, { error: `expected ${type}` }), type, bounds)
}

/** Types of messages that may be passed on. */
export function messageTypes() {
  const [first, ...others] = MESSAGE_TYPES.filter(isForwardable)

  if (first == null) {
    throw new TypeError('no type of messages may be passed on')
  }

  const types: [MessageType, ...MessageType[]] = [first, ...others]
  const type = enumerate(types.map((word) => `"${word}"`))
  const item = z.enum(types, {
    error: ({ input }) =>
      typeof input === 'string' && isMessageType(input)
        ? `${whyNotForwardable(input)}; expected ${type}`
        : `expected ${type}`
  })

  return list(item, type)
}

export function names(pattern: RegExp, expected: string, bounds?: ListBounds) {
  const error = `expected ${expected}`

  return list(
    z.string({ error }).refine((value) => pattern.test(value), only(error)),
    'names',
    bounds
  )
}

/** Multiaddrs as text, canonical. */
export function multiaddrs(use: AddressUse) {
  const error = `expected ${use.expected}`

  return list(
    z.string({ error }).transform((input, context): string => {
      try {
        return readMultiaddr(input, use)
      } catch {
        context.addIssue({ code: 'custom', message: error, continue: false })

        return z.NEVER
      }
    }),
    'multiaddrs'
  )
}

/** IP addresses and subnets as text, canonical. */
export function subnets() {
  const error = 'expected an IP address or a subnet such as 192.168.0.0/16'

  return list(
    z.string({ error }).transform((input, context): string => {
      try {
        return parseSubnet(input).text
      } catch {
        context.addIssue({ code: 'custom', message: error, continue: false })

        return z.NEVER
      }
    }),
    'IP addresses and subnets'
  )
}

const INTERFACE_NAME = /^[^\s,/]{1,64}$/

/** Network interfaces: by name, in which * stands for any characters, or by a subnet of their addresses. */
export function networkInterfaces() {
  const error = 'expected a network interface such as eth0 or en*, or a subnet such as 192.168.0.0/16'

  return list(
    z
      .string({ error })
      .refine(
        (value) => isSubnet(value) || (!looksLikeSubnet(value) && INTERFACE_NAME.test(value)),
        only(error)
      ),
    'interfaces and subnets'
  )
}

function isSubnet(value: string): boolean {
  try {
    parseSubnet(value)

    return true
  } catch {
    return false
  }
}

function readFlag(value: string): unknown {
  switch (value) {
    case 'true':
    case '1':
      return true
    case 'false':
    case '0':
      return false
    default:
      return value
  }
}

/** A broken demand is the only issue of its value, and keeps the relations between keys from being looked at. */
function only(error: string): { error: string; abort: true } {
  return { error, abort: true }
}

/** The range as documentation shows it, without a maximum that is there for the machine only. */
function range(min: number, max: number, machineMax: number): string {
  return max === machineMax ? `, at least ${min}` : `, ${min} to ${max}`
}

function enumerate(words: string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
