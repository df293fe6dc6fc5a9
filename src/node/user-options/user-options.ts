import { Libp2pOptionsError } from './errors.ts'
import { loadLibp2pModule } from './load-module.ts'
import { checkOptionNames } from './merge.ts'
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

  const options =
    module == null
      ? await (typeof given === 'function' ? given(config) : given)
      : await loadLibp2pModule(module, config)

  checkOptionNames(options ?? {})

  return options ?? {}
}
