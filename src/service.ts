import { Nebula } from './nebula.ts'
import type { NebulaComponents, NebulaInit } from './init.ts'
import type { Nebula as NebulaInterface } from './interface.ts'

/**
 * The overlay as a libp2p service.
 *
 * @example
 * ```ts
 * const node = await createLibp2p({
 *   // transports, encrypters, muxers ...
 *   services: { identify: identify(), nebula: nebula({ federation: 'lab' }) }
 * })
 * node.services.nebula.addEventListener('link:open', (event) => console.log(event.detail.peer))
 * ```
 */
export function nebula(init: NebulaInit = {}): (components: NebulaComponents) => NebulaInterface {
  return (components) => new Nebula(components, init)
}
