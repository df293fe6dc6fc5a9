/** The keys of the configuration, read from the schema. */
import { z } from 'zod'
import { fieldInfo } from './fields.ts'
import { keysSchema } from './schema.ts'
import type { Config } from './schema.ts'

type PathsOf<T> = {
  [K in keyof T & string]: T[K] extends readonly unknown[]
    ? K
    : T[K] extends object
      ? `${K}.${PathsOf<T[K]>}`
      : K
}[keyof T & string]

/** The path of a key that holds a value, such as `links.maxLinks`. */
export type ConfigPath = PathsOf<Config>

export interface ConfigKey {
  path: ConfigPath
  parts: string[]
  /** The environment variable that sets the key. */
  variable: string
  /** The type in words. */
  type: string
  /** The meaning, one or two sentences. */
  description: string
  default: unknown
  /** The value a text stands for in a variable or a flag. */
  fromText(text: string): unknown
}

export interface ConfigGroup {
  /** The path of the group; empty for the keys that stand by themselves. */
  path: string
  description: string
  keys: ConfigKey[]
}

export const VARIABLE_PREFIX = 'NEBULA_'

/** All groups in the schema's order, the keys that stand by themselves first. */
export const CONFIG_GROUPS: readonly ConfigGroup[] = groupsOf(keysSchema, [], '')

/** All keys, group by group. */
export const CONFIG_KEYS: readonly ConfigKey[] = CONFIG_GROUPS.flatMap(({ keys }) => keys)

function groupsOf(schema: z.ZodObject, path: string[], description: string): ConfigGroup[] {
  const keys: ConfigKey[] = []
  const groups: ConfigGroup[] = []

  for (const [name, field] of Object.entries(schema.shape)) {
    const parts = [...path, name]
    const { inner, value } = unwrap(field as z.ZodType)
    const about = (field as z.ZodType).description ?? ''

    if (inner instanceof z.ZodObject) {
      groups.push(...groupsOf(inner, parts, about))
    } else {
      keys.push(keyOf(parts, inner, about, value))
    }
  }

  return [{ path: path.join('.'), description, keys }, ...groups]
}

function keyOf(parts: string[], schema: z.ZodType, description: string, value: unknown): ConfigKey {
  const path = parts.join('.')
  const info = fieldInfo.get(schema)

  if (info == null) {
    throw new TypeError(`${path} is not made by one of fields.ts`)
  }

  return {
    ...info,
    path: path as ConfigPath,
    parts,
    variable: variableOf(parts),
    description,
    default: value
  }
}

function unwrap(schema: z.ZodType): { inner: z.ZodType; value?: unknown } {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return { inner: schema.unwrap() as z.ZodType, value: schema.def.defaultValue }
  }

  return { inner: schema }
}

/** `links.maxLinks` is set by `NEBULA_LINKS_MAX_LINKS`. */
function variableOf(parts: string[]): string {
  return VARIABLE_PREFIX + parts.map((part) => part.replaceAll(/[A-Z]/g, '_$&').toUpperCase()).join('_')
}
