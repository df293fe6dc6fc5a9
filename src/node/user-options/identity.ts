import { Libp2pOptionsError } from './errors.ts'
import type { UserLibp2pOptions } from './types.ts'
import type { Config } from '../../config/index.ts'
import type { ComponentLogger, Ed25519PrivateKey, PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'

/** What of the user's options the node is made with from the beginning. */
export interface UserIdentity {
  privateKey?: PrivateKey
  /** The key, where the data directory can keep it. */
  keptKey?: Ed25519PrivateKey
  datastore?: Datastore
  logger?: ComponentLogger
  metrics?: UserLibp2pOptions['metrics']
}

/** @throws {Libp2pOptionsError} when one of them is set elsewhere too, or does not suit the node */
export function userIdentity(
  { dataDir, metrics }: Config,
  options: Pick<UserLibp2pOptions, 'privateKey' | 'datastore' | 'logger' | 'metrics'>,
  logger: ComponentLogger | undefined
): UserIdentity {
  const { privateKey } = options

  if (privateKey?.type === 'RSA') {
    throw new Libp2pOptionsError(
      'privateKey',
      'the PeerId of an RSA key does not hold the public key, so that forwarded messages could not be verified; use an Ed25519 key'
    )
  }

  if (privateKey != null && privateKey.type !== 'Ed25519' && dataDir != null) {
    throw new Libp2pOptionsError('privateKey', 'a data directory keeps Ed25519 keys only')
  }

  if (options.metrics != null && metrics.enabled) {
    throw new Libp2pOptionsError('metrics', 'it is set by `metrics.enabled` in the configuration of the node')
  }

  if (options.logger != null && logger != null) {
    throw new Libp2pOptionsError('logger', 'a logger is given to createNode as well')
  }

  return {
    privateKey,
    keptKey: privateKey?.type === 'Ed25519' ? privateKey : undefined,
    datastore: options.datastore,
    logger: options.logger ?? logger,
    metrics: options.metrics
  }
}
