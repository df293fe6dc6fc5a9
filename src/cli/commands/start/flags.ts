import type { FlagValue } from '../../../config/index.ts'
import type { OptionsOf } from '../../invocation.ts'

/** The flags of `start` as values of the configuration; those not given are `undefined`. */
export function startFlags(options: OptionsOf<'start'>): FlagValue[] {
  const { http } = options
  const address = typeof http === 'object' ? http : undefined
  const enabled = http == null ? undefined : http !== 'off'

  return [
    { flag: '--data-dir', path: 'dataDir', value: options.dataDir },
    { flag: '--libp2p', path: 'libp2p.module', value: options.libp2p },
    { flag: '--federation', path: 'federation', value: options.federation },
    { flag: '--listen', path: 'listen', value: options.listen },
    { flag: '--dial', path: 'dial', value: options.dial },
    { flag: '--direct', path: 'direct', value: options.direct },
    { flag: '--wait-for-direct', path: 'waitForDirect', value: options.waitForDirect },
    { flag: '--proxy', path: 'proxy', value: options.proxy },
    { flag: '--no-mdns', path: 'mdns.enabled', value: options.mdns },
    { flag: '--http', path: 'http.enabled', value: enabled },
    { flag: '--http', path: 'http.host', value: address?.host },
    { flag: '--http', path: 'http.port', value: address?.port }
  ]
}
