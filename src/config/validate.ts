import { CONFIG_GROUPS, CONFIG_KEYS } from './keys.ts'
import { formatPath, valueAt } from './paths.ts'
import { didYouMean, suggest } from './suggest.ts'
import type { ConfigIssue } from './errors.ts'
import type { Path } from './paths.ts'
import type { RelationParams } from './relations.ts'
import type { z } from 'zod'

const MAX_SHOWN_LENGTH = 100

/** Says where the value at a path comes from. */
export type SourceOf = (path: Path) => string | undefined

/** The issues of an input against a schema, each with its source; none when the input is good. */
export function issuesOf(schema: z.ZodType, input: unknown, sourceOf: SourceOf): ConfigIssue[] {
  if (!isPlainObject(input)) {
    return [{ source: sourceOf([]), path: '', message: `expected a group of keys, got ${show(input)}` }]
  }

  const result = schema.safeParse(input)

  return (result.error?.issues ?? []).flatMap((issue) => explain(issue, input, sourceOf))
}

function explain(issue: z.core.$ZodIssue, input: unknown, sourceOf: SourceOf): ConfigIssue[] {
  const { path } = issue
  const base = { source: sourceOf(path), path: formatPath(path) }

  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ ...base, message: unknownKey(key, base.path) }))
  }

  if (issue.code === 'custom' && issue.params != null) {
    const { other, got } = issue.params as RelationParams

    return [
      { ...base, source: base.source ?? sourceOf(other), message: `${issue.message}, got ${show(got)}` }
    ]
  }

  const expected =
    issue.code === 'invalid_type' && issue.expected === 'object' ? 'expected a group of keys' : issue.message

  return [{ ...base, message: `${expected}, got ${show(valueAt(input, path))}` }]
}

/** Suggests a key of the same group, or else one of that name in another group. */
function unknownKey(key: string, group: string): string {
  const siblings = [
    ...(CONFIG_GROUPS.find(({ path }) => path === group)?.keys ?? []).map(({ parts }) => parts.at(-1) ?? ''),
    ...(group === '' ? CONFIG_GROUPS.map(({ path }) => path).filter((path) => path !== '') : [])
  ]
  const elsewhere = CONFIG_KEYS.find(({ parts }) => parts.at(-1)?.toLowerCase() === key.toLowerCase())?.path

  return `unknown key ${show(key)}${didYouMean(suggest(key, siblings) ?? elsewhere)}`
}

function isPlainObject(value: unknown): boolean {
  if (typeof value !== 'object' || value == null) {
    return false
  }

  const prototype: unknown = Object.getPrototypeOf(value)

  return prototype === Object.prototype || prototype === null
}

/** The value as a line of text that is short and moves no terminal. */
export function show(value: unknown): string {
  const text = stringify(value).replaceAll(
    /\p{C}/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`
  )

  return text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH - 1)}…` : text
}

function stringify(value: unknown): string {
  try {
    return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))
  } catch {
    return Object.prototype.toString.call(value)
  }
}
