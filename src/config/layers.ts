/** The places a configuration comes from, each a layer over those before it. */
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { CONFIG_KEYS, VARIABLE_PREFIX } from './keys.ts'
import { setValue } from './paths.ts'
import { didYouMean, suggest } from './suggest.ts'
import type { ConfigIssue } from './errors.ts'
import type { ConfigKey, ConfigPath } from './keys.ts'
import type { Path } from './paths.ts'
import type { SourceOf } from './validate.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** A value given on the command line. */
export interface FlagValue {
  /** The flag as the user writes it, such as `--listen`. */
  flag: string
  path: ConfigPath
  /** A text is read as in an environment variable; `undefined` is passed over. */
  value: unknown
}

export interface Layer {
  input: unknown
  sourceOf: SourceOf
  issues: ConfigIssue[]
}

/** The file to load, when the caller names none. */
export const FILE_VARIABLE = 'NEBULA_CONFIG'

/** The command that the Python client starts a node by; a shell that exports it may run the command itself. */
const PYTHON_COMMAND_VARIABLE = 'NEBULA_COMMAND'

/** Variables with the prefix that are no keys of the configuration. */
const OTHER_VARIABLES = [FILE_VARIABLE, PYTHON_COMMAND_VARIABLE]

/** What Kubernetes and Docker set for a service that is named `nebula` or `nebula-something`. */
const SERVICE_VARIABLE = /_SERVICE_(?:HOST|PORT(?:_\w+)?)$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?$/
const SERVICE_ADDRESS = /^(?:tcp|udp|sctp):\/\//

const KEYS_BY_VARIABLE = new Map(CONFIG_KEYS.map((key) => [key.variable, key]))
const KEYS_BY_PATH = new Map<string, ConfigKey>(CONFIG_KEYS.map((key) => [key.path, key]))

/** What the command takes where nothing is said: the XDG base directories' place for data. */
export function defaultLayer(env: Environment): Layer {
  const base = env['XDG_DATA_HOME'] ?? ''
  const dataHome = isAbsolute(base) ? base : join(env['HOME'] ?? homedir(), '.local', 'share')

  return { input: { dataDir: join(dataHome, 'nebula') }, sourceOf: () => undefined, issues: [] }
}

export function fileLayer(path: string, input: unknown): Layer {
  return { input, sourceOf: () => path, issues: [] }
}

export function environmentLayer(env: Environment): Layer {
  const input = {}
  const sources = new Map<string, string>()
  const issues: ConfigIssue[] = []

  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(VARIABLE_PREFIX) || text == null || text === '' || OTHER_VARIABLES.includes(name)) {
      continue
    }

    const key = KEYS_BY_VARIABLE.get(name)

    if (key != null) {
      setValue(input, key.parts, key.fromText(text.trim()))
      sources.set(key.path, name)
    } else if (!SERVICE_VARIABLE.test(name) && !SERVICE_ADDRESS.test(text)) {
      const suggestion = suggest(name, [...KEYS_BY_VARIABLE.keys(), ...OTHER_VARIABLES])

      issues.push({ source: name, path: '', message: `unknown variable${didYouMean(suggestion)}` })
    }
  }

  return { input, sourceOf: sourceIn(sources), issues }
}

export function flagLayer(flags: readonly FlagValue[]): Layer {
  const input = {}
  const sources = new Map<string, string>()

  for (const { flag, path, value } of flags) {
    const key = KEYS_BY_PATH.get(path)

    if (key == null) {
      throw new TypeError(`${flag} stands for no key: ${path}`)
    }

    if (value !== undefined) {
      setValue(input, key.parts, typeof value === 'string' ? key.fromText(value) : value)
      sources.set(key.path, flag)
    }
  }

  return { input, sourceOf: sourceIn(sources), issues: [] }
}

/** The key's source, for the path of the key or of something in its value. */
export function sourceIn(sources: ReadonlyMap<string, string | undefined>): SourceOf {
  return (path: Path) => sources.get(path.filter((part) => typeof part === 'string').join('.'))
}
