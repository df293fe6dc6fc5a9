import { checkOptions, typeName } from './check.ts'
import { Libp2pOptionsError } from './errors.ts'
import { loadLibp2pModule } from './load-module.ts'
import type { Libp2pModule, UserLibp2pOptions } from './types.ts'
import type { Config } from '../../config/index.ts'

/**
 * What the user gives of libp2p's options, to the program or in a module.
 *
 * @throws {Libp2pOptionsError} when both are there, or the module cannot be loaded
 */
export async function userLibp2pOptions(
  config: Config,
  given: Libp2pModule | undefined
): Promise<UserLibp2pOptions> {
  const { module } = config.libp2p

  if (module != null && given != null) {
    throw new Libp2pOptionsError('module', 'options of libp2p are given by the program as well')
  }

  const options: unknown =
    module == null ? await evaluate(given, config) : await loadLibp2pModule(module, config)

  if (typeof options !== 'object' || options == null || Array.isArray(options)) {
    throw new Libp2pOptionsError(
      '',
      `expected an object, or a function that returns one, got ${typeName(options)}`
    )
  }

  checkOptions(options)

  return options
}

async function evaluate(given: Libp2pModule | undefined, config: Config): Promise<unknown> {
  return typeof given === 'function' ? given(config) : (given ?? {})
}
