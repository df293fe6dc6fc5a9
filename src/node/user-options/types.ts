import type { NodeServices } from '../node-services.ts'
import type { Config } from '../../config/index.ts'
import type { ServiceMap } from '@libp2p/interface'
import type { Libp2pOptions } from 'libp2p'

/** What the factory of a service gets: libp2p's components, and the other services. */
type ComponentsWith<T extends ServiceMap> = Parameters<
  NonNullable<Libp2pOptions<T & NodeServices>['services']>[keyof T]
>[0]

/** What a user may give of libp2p's own options; whether the node starts is said to `createNode`. */
export type UserLibp2pOptions<T extends ServiceMap = ServiceMap> = Omit<
  Libp2pOptions<T>,
  'start' | 'services'
> & {
  services?: { [P in keyof T]: (components: ComponentsWith<T>) => T[P] }
}

/** What the module that `libp2p.module` names exports by default. */
export type Libp2pModule =
  UserLibp2pOptions | ((config: Config) => UserLibp2pOptions | Promise<UserLibp2pOptions>)
