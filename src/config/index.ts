/**
 * The configuration of a node: one schema of keys, defaults and meanings, the
 * loader that joins file, environment and flags, and what is written from the
 * schema.
 */
export { ConfigError } from './errors.ts'
export { CONFIG_KEYS } from './keys.ts'
export { loadConfig, parseConfig } from './load.ts'
export { printConfig } from './print.ts'
export { isLimit, LIMIT_REASONS } from './limit-reasons.ts'
export { didYouMean, suggest } from './suggest.ts'
export { limitsReference } from './limits-reference.ts'
export { configReference } from './reference.ts'
export type { ConfigIssue } from './errors.ts'
export type { ConfigKey, ConfigPath } from './keys.ts'
export type { Environment, FlagValue } from './layers.ts'
export type { LoadConfigOptions, ParseConfigOptions } from './load.ts'
export type { Config, ConfigInput } from './schema.ts'
