/** The keys of what one peer may do, and all together may hold. */
import { z } from 'zod'
import {
  MAX_BUFFERED_BYTES,
  MAX_CONNECTIONS_PER_MINUTE,
  MAX_FOREIGN_MESSAGES_PER_SECOND,
  MAX_HELD_BACK_MS,
  MAX_MESSAGE_BYTES_PER_SECOND,
  MAX_MESSAGES_PER_SECOND,
  MAX_NEW_ORIGINS_PER_MINUTE,
  MAX_STREAMS_PER_MINUTE
} from '../limits/constants.ts'
import { count, duration, size } from './fields.ts'

export const limitsSchema = z
  .strictObject({
    maxBufferedBytes: size({ min: 65_536 })
      .default(MAX_BUFFERED_BYTES)
      .describe(
        'What messages that wait to be sent or to be read may take together; beyond it low priorities are dropped first, and nothing more is read.'
      ),
    maxMessagesPerSecond: count({ max: 1_000_000_000 })
      .default(MAX_MESSAGES_PER_SECOND)
      .describe('Messages of one peer that are read in a second; the rest waits at the peer.'),
    maxBytesPerSecond: size({ min: 65_536 })
      .default(MAX_MESSAGE_BYTES_PER_SECOND)
      .describe('Bytes of messages of one peer that are read in a second; the rest waits at the peer.'),
    maxForeignMessagesPerSecond: count()
      .default(MAX_FOREIGN_MESSAGES_PER_SECOND)
      .describe(
        'Messages of others that one peer hands on and that are verified in a second; the rest waits at the peer.'
      ),
    maxNewOriginsPerMinute: count()
      .default(MAX_NEW_ORIGINS_PER_MINUTE)
      .describe(
        'Origins never heard of before whose messages one peer may hand on in a minute; those of more are dropped and cost it score.'
      ),
    maxHeldBack: duration()
      .default(MAX_HELD_BACK_MS)
      .describe(
        'How long a peer may send faster than it is read, without a break; then each message costs it score.'
      ),
    maxStreamsPerMinute: count()
      .default(MAX_STREAMS_PER_MINUTE)
      .describe(
        'Streams of the overlay that one peer may open in a minute; more are refused and cost it score.'
      ),
    maxConnectionsPerMinute: count()
      .default(MAX_CONNECTIONS_PER_MINUTE)
      .describe('Connections that one peer may open in a minute; more are closed and cost it score.')
  })
  .prefault({})
  .describe('What one peer may do, and all together may hold, over all protocols.')
