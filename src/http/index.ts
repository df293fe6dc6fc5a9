/**
 * The control API of a running node: JSON over HTTP on loopback, guarded by a
 * bearer token, with the overlay's events as a live stream.
 *
 * ```ts
 * const server = createControlServer({ nebula, libp2p, logger }, { token, agent, version })
 * await server.start()
 * server.address // 'http://127.0.0.1:40213'
 * ```
 */
import { HonoControlServer } from './server.ts'
import type { ControlServer, ControlServerComponents, ControlServerInit } from './types.ts'

export type { ControlServer, ControlServerComponents, ControlServerInit } from './types.ts'

/**
 * @throws {NotLoopbackError} when `host` is not the machine itself
 */
export function createControlServer(
  components: ControlServerComponents,
  init: ControlServerInit
): ControlServer {
  return new HonoControlServer(components, init)
}
