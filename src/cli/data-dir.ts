import { resolve } from 'node:path'
import { UsageError } from './errors.ts'
import type { Context } from './context.ts'
import type { GlobalOptions } from './invocation.ts'

/**
 * The data directory a command is about: the flag, the variable, or what the
 * configuration says, which is read only then, for it takes its time.
 *
 * @throws {UsageError} when nothing is kept on disk
 */
export async function dataDirOf({ dataDir }: GlobalOptions, { env }: Context): Promise<string> {
  const given = dataDir ?? env['NEBULA_DATA_DIR'] ?? ''

  if (given !== '' && given !== 'none') {
    return resolve(given)
  }

  const { loadConfig } = await import('../config/index.ts')
  const { dataDir: configured } = loadConfig({
    env,
    flags: [{ flag: '--data-dir', path: 'dataDir', value: dataDir }]
  })

  if (configured == null) {
    throw new UsageError('without a data directory there is no node to speak to; give --data-dir')
  }

  return resolve(configured)
}
