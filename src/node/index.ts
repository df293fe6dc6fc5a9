/**
 * A whole node from one configuration: the data directory, the libp2p node and
 * the overlay in it.
 */
import { generateKeyPair } from '@libp2p/crypto/keys'
import { defaultLogger } from '@libp2p/logger'
import { MemoryDatastore } from 'datastore-core'
import { createLibp2p } from 'libp2p'
import { parseConfig } from '../config/index.ts'
import { Restrictions } from '../scoring/index.ts'
import { Warnings } from '../warnings/index.ts'
import { openDataDir } from './data-dir.ts'
import { createKeepers } from './keepers.ts'
import { libp2pOptions } from './libp2p-options.ts'
import { prometheus } from './prometheus.ts'
import { NebulaNode } from './nebula-node.ts'
import { SteadyDatastore } from './steady-datastore.ts'
import type { NodeState } from './nebula-node.ts'
import type { NodeParts } from './libp2p-options.ts'
import type { ConfigInput } from '../config/index.ts'
import type { Engine } from '../engine/index.ts'
import type { ComponentLogger } from '@libp2p/interface'

export interface CreateNodeOptions {
  /** What the overlay serves. @default an engine that learns nothing */
  engine?: Engine
  logger?: ComponentLogger
  /** @default true */
  start?: boolean
}

/**
 * Builds a node from a configuration, and starts it.
 *
 * @throws {ConfigError} when the configuration is wrong
 * @throws {DataDirLockedError} and the other errors of `openDataDir`
 * @throws when it cannot listen; nothing is left open then
 */
export async function createNode(
  input: ConfigInput = {},
  options: CreateNodeOptions = {}
): Promise<NebulaNode> {
  const config = parseConfig(input)
  const { explain, close, privateKey, datastore: store } = await openState(config.dataDir)

  try {
    const logger = options.logger ?? defaultLogger()
    const warnings = new Warnings({ logger })
    const datastore = new SteadyDatastore(
      { datastore: store, logger },
      { isDamage: (err) => explain(err) !== err }
    )
    const restrictions = new Restrictions({ datastore, logger }, config.restrictions)
    const metrics = config.metrics.enabled ? await prometheus() : undefined
    const libp2p = await createLibp2p(
      libp2pOptions(config, {
        privateKey,
        datastore,
        restrictions,
        warnings,
        logger,
        engine: options.engine,
        metrics: metrics?.factory
      })
    )
    const node = new NebulaNode(config, libp2p, {
      explain,
      close,
      metrics: metrics?.text,
      keepers: createKeepers(config, libp2p, logger)
    })

    if (options.start !== false) {
      await node.start()
    }

    return node
  } catch (err) {
    await close()
    throw explain(err)
  }
}

type State = Pick<NodeParts, 'privateKey' | 'datastore'> & Pick<NodeState, 'explain' | 'close'>

async function openState(dataDir: string | null): Promise<State> {
  if (dataDir != null) {
    const { privateKey, datastore, explain, close } = await openDataDir(dataDir)

    return { privateKey, datastore, explain, close }
  }

  return {
    privateKey: await generateKeyPair('Ed25519'),
    datastore: new MemoryDatastore(),
    explain: (err) => err,
    close: async () => {}
  }
}

export { openDataDir, readPeerId } from './data-dir.ts'
export {
  CorruptKeyError,
  CorruptStoreError,
  DataDirLockedError,
  MissingKeyError,
  NoIdentityError,
  UnwritableDataDirError
} from './errors.ts'
export { webSocketTransport } from './websocket-transport.ts'
export type { NebulaNode } from './nebula-node.ts'
