import { ConfigError } from './errors.ts'
import { readConfigFile } from './file.ts'
import { CONFIG_KEYS } from './keys.ts'
import { FILE_VARIABLE, defaultLayer, environmentLayer, fileLayer, flagLayer, sourceIn } from './layers.ts'
import { setValue, valueAt } from './paths.ts'
import { configSchema, openConfigSchema } from './relations.ts'
import { keysSchema } from './schema.ts'
import { issuesOf } from './validate.ts'
import type { Environment, FlagValue, Layer } from './layers.ts'
import type { Config } from './schema.ts'
import type { SourceOf } from './validate.ts'

export interface LoadConfigOptions {
  /** The path of a YAML or JSON file. @default the one in the variable NEBULA_CONFIG, else none */
  file?: string
  /** @default process.env */
  env?: Environment
  flags?: readonly FlagValue[]
}

/**
 * The configuration of the `nebula` command: flags over environment variables
 * over the file over the defaults. A list replaces the list below it.
 *
 * @throws {ConfigError} with a line for each thing wrong in any of the places
 */
export function loadConfig({ file, env = process.env, flags = [] }: LoadConfigOptions = {}): Config {
  const path = file ?? env[FILE_VARIABLE]
  const layers = [
    defaultLayer(env),
    ...(path == null || path === '' ? [] : [fileLayer(path, readConfigFile(path))]),
    environmentLayer(env),
    flagLayer(flags)
  ]
  const issues = layers.flatMap((layer) => [
    ...layer.issues,
    ...issuesOf(keysSchema, layer.input, layer.sourceOf)
  ])

  if (issues.length > 0) {
    throw new ConfigError(issues)
  }

  const { input, sourceOf } = merge(layers)

  return resolve(input, sourceOf)
}

export interface ParseConfigOptions {
  /** Whether the program gives options of libp2p, which may bring transports and encrypters. @default false */
  libp2p?: boolean
}

/**
 * The whole configuration for an input that a program made. Without `dataDir`
 * nothing is kept on disk.
 *
 * @throws {ConfigError} with a line for each thing wrong
 */
export function parseConfig(input: unknown, { libp2p = false }: ParseConfigOptions = {}): Config {
  return resolve(input, () => undefined, libp2p ? openConfigSchema : configSchema)
}

function resolve(input: unknown, sourceOf: SourceOf, schema: typeof configSchema = configSchema): Config {
  const issues = issuesOf(schema, input, sourceOf)

  if (issues.length > 0) {
    throw new ConfigError(issues)
  }

  return schema.parse(input)
}

/** Each key from the last layer that has it. Only keys of the schema are looked at. */
function merge(layers: readonly Layer[]): { input: unknown; sourceOf: SourceOf } {
  const input = {}
  const sources = new Map<string, string | undefined>()

  for (const { path, parts } of CONFIG_KEYS) {
    const layer = layers.findLast((candidate) => valueAt(candidate.input, parts) !== undefined)

    if (layer != null) {
      setValue(input, parts, valueAt(layer.input, parts))
      sources.set(path, layer.sourceOf(parts))
    }
  }

  return { input, sourceOf: sourceIn(sources) }
}
