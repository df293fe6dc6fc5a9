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
import type { SteadyDatastoreComponents } from './steady-datastore.ts'
import { plainLibp2pOptions, userIdentity, userLibp2pOptions } from './user-options/index.ts'
import type { Libp2pModule, UserIdentity, UserLibp2pOptions } from './user-options/index.ts'
import type { Config, ConfigInput } from '../config/index.ts'
import type { Engine } from '../engine/index.ts'
import type { ComponentLogger, ServiceMap } from '@libp2p/interface'

export interface CreateNodeOptions<T extends ServiceMap = ServiceMap> {
  /**
   * Options of libp2p, or what returns them for the configuration; they are
   * merged with what the node needs (README, "Your own libp2p configuration").
   */
  libp2p?: UserLibp2pOptions<T> | ((config: Config) => UserLibp2pOptions<T> | Promise<UserLibp2pOptions<T>>)
  /** What the overlay serves. @default an engine that learns nothing */
  engine?: Engine
  /** Milliseconds in which the engine tells its round and whether learning has finished. @default 2_000 */
  engineTimeout?: number
  logger?: ComponentLogger
  /** @default true */
  start?: boolean
}

/**
 * Builds a node from a configuration, and starts it.
 *
 * @throws {ConfigError} when the configuration is wrong
 * @throws {Libp2pOptionsError} when options of libp2p do not go together with the node's
 * @throws {DataDirLockedError} and the other errors of `openDataDir`
 * @throws when it cannot listen; nothing is left open then
 */
export async function createNode<T extends ServiceMap = Record<string, never>>(
  input: ConfigInput = {},
  options: CreateNodeOptions<T> = {}
): Promise<NebulaNode<T>> {
  const config = parseConfig(input, { libp2p: options.libp2p != null })
  // the type of the services is the caller's word for what its options hold
  const user = (await userLibp2pOptions(config, options.libp2p as Libp2pModule)) as UserLibp2pOptions<T>
  const plain = await plainLibp2pOptions(config)
  const identity = userIdentity(config, user, options.logger)
  const opened = await openState(config.dataDir, identity)
  const { explain, privateKey } = opened
  const logger = identity.logger ?? defaultLogger()
  const warnings = new Warnings({ logger })
  const datastore = new SteadyDatastore(
    { datastore: opened.datastore, logger, warnings },
    { isDamage: (err) => explain(err) !== err }
  )
  const close = async (): Promise<void> => {
    await datastore.close()
    await opened.close()
  }

  try {
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
        engineTimeout: options.engineTimeout,
        metrics: metrics?.factory ?? identity.metrics,
        plain,
        user
      })
    )
    const node = new NebulaNode(config, libp2p, {
      explain,
      close,
      metrics: metrics?.text,
      warnings,
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

type State = Pick<NodeParts, 'privateKey'> &
  Pick<SteadyDatastoreComponents, 'datastore'> &
  Pick<NodeState, 'explain' | 'close'>

async function openState(dataDir: string | null, identity: UserIdentity): Promise<State> {
  if (dataDir != null) {
    const { privateKey, datastore, explain, close } = await openDataDir(dataDir, {
      privateKey: identity.keptKey
    })

    // the directory's own store stays open, as its lock keeps other nodes out
    return { privateKey, datastore: identity.datastore ?? datastore, explain, close }
  }

  return {
    privateKey: identity.privateKey ?? (await generateKeyPair('Ed25519')),
    datastore: identity.datastore ?? new MemoryDatastore(),
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
  OtherKeyError,
  UnwritableDataDirError
} from './errors.ts'
export { Libp2pOptionsError } from './user-options/index.ts'
export { webSocketTransport } from './websocket-transport.ts'
export type { Libp2pModule, UserLibp2pOptions } from './user-options/index.ts'
export type { NebulaNode } from './nebula-node.ts'
