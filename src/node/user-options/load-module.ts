import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkRegular, NotRegularFileError } from '../../lib/regular-file.ts'
import { Libp2pOptionsError } from './errors.ts'
import type { Libp2pModule, UserLibp2pOptions } from './types.ts'
import type { Config } from '../../config/index.ts'

const OPTION = 'module'

/**
 * The options that a module exports by default, or that the function it exports
 * returns for the configuration. A relative path starts at the working directory.
 *
 * @throws {Libp2pOptionsError} when it cannot be loaded, or exports something else
 */
export async function loadLibp2pModule(path: string, config: Config): Promise<UserLibp2pOptions> {
  const file = resolve(path)
  const options = await evaluate(file, config)

  if (typeof options !== 'object' || options == null || Array.isArray(options)) {
    throw new Libp2pOptionsError(
      OPTION,
      `${file} has to export by default the options of libp2p, or a function that returns them`
    )
  }

  return options
}

async function evaluate(file: string, config: Config): Promise<UserLibp2pOptions> {
  try {
    await checkRegular(file).catch((err: unknown) => {
      // of what is not there the import says more
      if (err instanceof NotRegularFileError) {
        throw err
      }
    })

    const { default: exported } = (await import(pathToFileURL(file).href)) as { default: Libp2pModule }

    return typeof exported === 'function' ? await exported(config) : exported
  } catch (cause) {
    throw new Libp2pOptionsError(OPTION, `${file} failed: ${reasonOf(cause)}`, { cause })
  }
}

function reasonOf(cause: unknown): string {
  if ((cause as NodeJS.ErrnoException | undefined)?.code === 'ERR_UNKNOWN_FILE_EXTENSION') {
    return 'this Node.js runs no TypeScript; use Node.js 22.18 or later, or a .js or .mjs file'
  }

  return cause instanceof Error ? cause.message : String(cause)
}
