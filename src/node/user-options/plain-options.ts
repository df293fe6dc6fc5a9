import { FaultTolerance } from '@libp2p/interface'
import { preSharedKey } from '@libp2p/pnet'
import { readRegular } from '../../lib/regular-file.ts'
import { Libp2pOptionsError } from './errors.ts'
import type { UserLibp2pOptions } from './types.ts'
import type { Config } from '../../config/index.ts'
import type { ConnectionProtector } from '@libp2p/interface'

/** Bytes of a swarm key, with room for line ends; a larger file is something else. */
const MAX_SWARM_KEY_BYTES = 256

/**
 * The options of libp2p that are plain data, from the configuration; those that
 * are null are left to libp2p.
 *
 * @throws {Libp2pOptionsError} when the swarm key cannot be read
 */
export async function plainLibp2pOptions({ libp2p }: Config): Promise<UserLibp2pOptions> {
  const { swarmKey, nodeInfo, connectionManager, connectionMonitor, peerStore, transportManager } = libp2p
  const { faultTolerance } = transportManager

  return {
    nodeInfo: given(nodeInfo),
    connectionManager: given(connectionManager),
    connectionMonitor: given(connectionMonitor),
    peerStore: given(peerStore),
    transportManager:
      faultTolerance == null
        ? {}
        : {
            faultTolerance: faultTolerance === 'no-fatal' ? FaultTolerance.NO_FATAL : FaultTolerance.FATAL_ALL
          },
    ...(swarmKey == null ? {} : { connectionProtector: await protectorOf(swarmKey) })
  }
}

/** The members that are not null. */
function given<T extends object>(group: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(group).filter(([, value]) => value != null)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}

async function protectorOf(path: string): Promise<() => ConnectionProtector> {
  try {
    const psk = await readRegular(path)

    if (psk.byteLength > MAX_SWARM_KEY_BYTES) {
      throw new RangeError(`it has ${psk.byteLength} bytes`)
    }

    const protect = preSharedKey({ psk })

    // the key is decoded when the protector is made, which is too late to say which file is wrong
    protect()

    return protect
  } catch (cause) {
    throw new Libp2pOptionsError(
      'swarmKey',
      `${path} holds no key of a private network: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause }
    )
  }
}
