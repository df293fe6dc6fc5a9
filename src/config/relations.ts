/** What one key demands of another. */
import { findFaults } from '../scoring/score/params.ts'
import { transportOf } from './multiaddrs.ts'
import { valueAt } from './paths.ts'
import { keysSchema } from './schema.ts'
import type { ConfigPath } from './keys.ts'
import type { Config } from './schema.ts'
import type { z } from 'zod'

interface Relation {
  key: ConfigPath
  other: ConfigPath
  demand: 'at least' | 'more than'
  /** Why the demand is made, in a few words. */
  why: string
}

const RELATIONS: Relation[] = [
  {
    key: 'mdns.maxInterval',
    other: 'mdns.interval',
    demand: 'at least',
    why: 'the interval only grows'
  },
  {
    key: 'mdns.presenceTtl',
    other: 'mdns.maxInterval',
    demand: 'more than',
    why: 'or peers vanish between two questions'
  },
  {
    key: 'joining.maxRetryDelay',
    other: 'joining.retryDelay',
    demand: 'at least',
    why: 'the delay only grows'
  },
  {
    key: 'limits.maxBufferedBytes',
    other: 'messages.maxMessageBytes',
    demand: 'more than',
    why: 'or the largest message is always dropped'
  },
  {
    key: 'links.maxRedialDelay',
    other: 'links.redialDelay',
    demand: 'at least',
    why: 'the delay only grows'
  },
  {
    key: 'links.silenceTimeout',
    other: 'links.aliveInterval',
    demand: 'more than',
    why: 'or a peer that says it is there is taken for gone'
  },
  {
    key: 'messages.maxQueuedBytes',
    other: 'messages.maxMessageBytes',
    demand: 'at least',
    why: 'or the largest message could never be sent'
  },
  {
    key: 'messages.maxReplayOrigins',
    other: 'links.maxLinks',
    demand: 'more than',
    why: 'each linked peer is an origin, and there are others'
  },
  {
    key: 'models.maxStoredBytes',
    other: 'models.maxModelBytes',
    demand: 'at least',
    why: 'or the largest model could never be kept'
  },
  {
    key: 'models.maxSources',
    other: 'models.maxParallelSources',
    demand: 'at least',
    why: 'those that are asked are among them'
  },
  {
    key: 'connections.maxConnections',
    other: 'links.maxLinks',
    demand: 'at least',
    why: 'each link has a connection'
  },
  {
    key: 'score.maxPeers',
    other: 'links.maxLinks',
    demand: 'at least',
    why: 'each linked peer has a score'
  },
  {
    key: 'connections.maxReadBufferBytes',
    other: 'connections.maxStreamWindowBytes',
    demand: 'more than',
    why: 'or a stream that waits is reset'
  },
  {
    key: 'proxying.maxBytesPerSecond',
    other: 'proxying.maxMessageBytes',
    demand: 'more than',
    why: 'or the largest message could never be carried'
  }
]

/** What an issue of a broken relation carries beside its path. */
export interface RelationParams {
  /** The path of the key it is compared with. */
  other: string[]
  got: unknown
}

/** Adds an issue for each relation that does not hold. */
function checkRelations(config: Config, context: z.RefinementCtx): void {
  for (const { key, other, demand, why } of RELATIONS) {
    const value = Number(valueAt(config, key.split('.')))
    const bound = Number(valueAt(config, other.split('.')))

    if (demand === 'at least' ? value < bound : value <= bound) {
      const params: RelationParams = { other: other.split('.'), got: value }

      context.addIssue({
        code: 'custom',
        path: key.split('.'),
        message: `expected ${demand} ${other} (${bound}), ${why}`,
        params: { ...params }
      })
    }
  }
}

/** Adds an issue where nothing secures connections, or carries them, unless libp2p's own options may bring it. */
function checkNotEmpty(config: Config, context: z.RefinementCtx): void {
  for (const key of ['transports', 'encryption'] as const) {
    if (config[key].length === 0) {
      const params: RelationParams = { other: ['libp2p', 'module'], got: [] }

      context.addIssue({
        code: 'custom',
        path: [key],
        message: 'expected at least one, or libp2p.module',
        params: { ...params }
      })
    }
  }
}

/** Adds an issue for each address whose transport is not there. */
function checkTransports(config: Config, context: z.RefinementCtx): void {
  for (const key of ['listen', 'dial', 'direct', 'bootstrap'] as const) {
    for (const [index, address] of config[key].entries()) {
      const transport = transportOf(address, key === 'listen' ? 'listen' : 'dial')

      if (transport != null && !config.transports.some((name) => name === transport)) {
        const params: RelationParams = { other: ['transports'], got: address }

        context.addIssue({
          code: 'custom',
          path: [key, index],
          message: `expected an address of one of the transports (${config.transports.join(', ')})${
            transport === 'other' ? '; others, and a certificate for wss, come with libp2p.module' : ''
          }`,
          params: { ...params }
        })
      }
    }
  }
}

/** Adds an issue for each parameter of the score by which it could never punish, or never forgive. */
function checkScore({ score }: Config, context: z.RefinementCtx): void {
  for (const { path, expected } of findFaults(score)) {
    const params: RelationParams = { other: [], got: valueAt(score, path) }

    context.addIssue({
      code: 'custom',
      path: ['score', ...path],
      message: `expected ${expected}`,
      params: { ...params }
    })
  }
}

/** Adds an issue where only half of a location is given. */
function checkLocation({ location }: Config, context: z.RefinementCtx): void {
  for (const [key, other] of [
    ['latitude', 'longitude'],
    ['longitude', 'latitude']
  ] as const) {
    if (location[key] == null && location[other] != null) {
      const params: RelationParams = { other: ['location', other], got: null }

      context.addIssue({
        code: 'custom',
        path: ['location', key],
        message: `expected a number, as location.${other} is given`,
        params: { ...params }
      })
    }
  }
}

/** All keys, and what they demand of each other, where libp2p's own options may bring transports and encrypters. */
export const openConfigSchema = keysSchema
  .superRefine(checkRelations)
  .superRefine(checkScore)
  .superRefine(checkLocation)

/** All keys, and what they demand of each other. */
export const configSchema = openConfigSchema.superRefine((config, context) => {
  if (config.libp2p.module == null) {
    checkNotEmpty(config, context)
    checkTransports(config, context)
  }
})
