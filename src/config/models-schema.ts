/** The keys of models: how they are cut, compressed, sent, received and kept. */
import { z } from 'zod'
import {
  DEFAULT_CHUNK_BYTES,
  MAX_CHUNK_BYTES,
  MAX_MODEL_BYTES,
  MAX_MODEL_STREAMS,
  MIN_CHUNK_BYTES,
  MODEL_ANSWER_TIMEOUT_MS,
  MODEL_IDLE_TIMEOUT_MS,
  MODEL_REQUEST_TIMEOUT_MS,
  MODEL_REQUEST_WINDOW_BYTES,
  MODEL_STALL_TIMEOUT_MS
} from '../../protocols/model/limits.ts'
import {
  MAX_MEMORY_BYTES,
  MAX_RAISED_MODELS,
  MAX_RAISED_ORIGINS,
  MAX_RELAYS_PER_MINUTE
} from '../models/constants.ts'
import {
  MAX_PARALLEL_RECEIVES,
  MAX_PARALLEL_SENDS,
  MAX_PARALLEL_SOURCES,
  MAX_PEER_SHARE,
  MAX_SERVED_PER_PEER,
  MAX_SOURCES,
  MAX_STORED_BYTES,
  MAX_STORED_MODELS,
  MIN_RECEIVE_RATE,
  MODEL_TTL_MS,
  SLOT_TIMEOUT_MS
} from '../propagation/constants.ts'
import { choice, count, decimal, duration, optionalText, size } from './fields.ts'

/** What lies on disk may be more than what lies in memory: 1 TiB. */
const MAX_DISK_BYTES = 1_099_511_627_776

export const modelsSchema = z
  .strictObject({
    storage: choice(['disk', 'memory'])
      .default('disk')
      .describe('Where payloads are kept; those in memory travel faster.'),
    maxMemoryBytes: size()
      .default(MAX_MEMORY_BYTES)
      .describe(
        'Bytes of the models that are kept in memory, when `storage` says so; it bounds each model, too.'
      ),
    directory: optionalText(
      'directory',
      'the path of a directory, without a leading ~',
      (value) => value !== '' && !value.startsWith('~') && !value.includes('\0')
    )
      .default(null)
      .describe(
        'Where payloads lie on disk; null for `models` in `dataDir`, or a temporary directory without one.'
      ),
    encoding: choice(['zstd', 'zlib', 'brotli', 'none'])
      .default('zstd')
      .describe("How this node's models are compressed, when that makes them smaller."),
    maxModelBytes: size({ max: MAX_MODEL_BYTES })
      .default(MAX_MODEL_BYTES)
      .describe('Bytes of a model, compressed or not; larger ones are neither sent nor taken.'),
    chunkSize: size({ min: MIN_CHUNK_BYTES, max: MAX_CHUNK_BYTES })
      .default(DEFAULT_CHUNK_BYTES)
      .describe("Bytes of the chunks of this node's models."),
    maxParallelSends: count()
      .default(MAX_PARALLEL_SENDS)
      .describe('Models being sent at once, counted for each receiver; others wait.'),
    maxServedPerPeer: count()
      .default(MAX_SERVED_PER_PEER)
      .describe('Models being sent at once to one peer because it asked for them.'),
    maxParallelReceives: count()
      .default(MAX_PARALLEL_RECEIVES)
      .describe('Models being received at once; further offers are refused.'),
    maxPeerShare: decimal({ min: 0, max: 1 })
      .default(MAX_PEER_SHARE)
      .describe(
        'The part of `maxParallelReceives` and `maxStoredBytes` that models take which one peer alone offers; one model has a place in any case.'
      ),
    minReceiveRate: size()
      .default(MIN_RECEIVE_RATE)
      .describe(
        'Bytes per second, on average over some stall timeouts, below which a model that one peer alone offers makes room for others, and counts as stalled.'
      ),
    maxSources: count().default(MAX_SOURCES).describe('Peers that may offer one model at the same time.'),
    maxParallelSources: count()
      .default(MAX_PARALLEL_SOURCES)
      .describe('Peers that are asked for parts of one model at once.'),
    requestWindow: size({ min: MIN_CHUNK_BYTES })
      .default(MODEL_REQUEST_WINDOW_BYTES)
      .describe(
        'What is asked of one peer at most and has not come yet; less where the way is short, and at least two chunks.'
      ),
    maxRelaysPerMinute: count()
      .default(MAX_RELAYS_PER_MINUTE)
      .describe('Models of one origin that are passed on in a minute.'),
    answerTimeout: duration()
      .default(MODEL_ANSWER_TIMEOUT_MS)
      .describe('How long a peer may take to answer an offer.'),
    stallTimeout: duration()
      .default(MODEL_STALL_TIMEOUT_MS)
      .describe('How long a transfer may stand still before another source is looked for.'),
    requestTimeout: duration()
      .default(MODEL_REQUEST_TIMEOUT_MS)
      .describe(
        'How long a peer that took a model may take to ask for a first part before it is let go and charged.'
      ),
    slotTimeout: duration()
      .default(SLOT_TIMEOUT_MS)
      .describe('How long a transfer may have nothing to send before another may begin in its place.'),
    idleTimeout: duration()
      .default(MODEL_IDLE_TIMEOUT_MS)
      .describe('How long a peer may keep an offer open without asking for a part.'),
    maxStreamsPerConnection: count()
      .default(MAX_MODEL_STREAMS)
      .describe('Streams of the model protocol on one connection, each way.'),
    maxStoredBytes: size({ max: MAX_DISK_BYTES })
      .default(MAX_STORED_BYTES)
      .describe('Bytes of the models that are kept for late neighbours, those being received included.'),
    maxStoredModels: count()
      .default(MAX_STORED_MODELS)
      .describe('Models that are kept. Each holds an open file.'),
    modelTtl: duration().default(MODEL_TTL_MS).describe('How long a model is kept.'),
    maxRaisedModels: count({ max: 65_536 })
      .default(MAX_RAISED_MODELS)
      .describe(
        'Models of one origin that are remembered, so that none is told of twice; older ones count as told of.'
      ),
    maxRaisedOrigins: count().default(MAX_RAISED_ORIGINS).describe('Origins whose models are remembered so.')
  })
  .prefault({})
  .describe('Models: how they are cut, compressed, sent, received and kept.')
