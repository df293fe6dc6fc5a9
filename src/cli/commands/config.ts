import { loadConfig, printConfig } from '../../config/index.ts'
import type { Context } from '../context.ts'
import type { OptionsOf } from '../invocation.ts'

/** About the file alone: the environment's own values and faults stay out of it. */
export async function configCheck(
  { file }: OptionsOf<'config check'>,
  { env, stdout }: Context
): Promise<number> {
  loadConfig({ file, env: { HOME: env['HOME'], XDG_DATA_HOME: env['XDG_DATA_HOME'] } })
  stdout.write(`${file}: valid\n`)

  return 0
}

export async function configPrint(
  { config, dataDir }: OptionsOf<'config print'>,
  { env, stdout }: Context
): Promise<number> {
  const flags = [{ flag: '--data-dir', path: 'dataDir', value: dataDir }] as const

  stdout.write(printConfig(loadConfig({ file: config, env, flags })))

  return 0
}
