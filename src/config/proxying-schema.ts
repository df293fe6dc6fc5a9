/** The keys of delivery to named peers by way of proxies. */
import { z } from 'zod'
import { MAX_PROXY_STREAMS, PROXY_CLOSE_TIMEOUT_MS, PROXY_TIMEOUT_MS } from '../../protocols/proxy/limits.ts'
import {
  MAX_PROXIED_BYTES,
  MAX_PROXY_FAN_OUT,
  MAX_PROXY_HOPS,
  MAX_REMEMBERED_REQUESTS,
  MAX_REQUEST_BYTES_PER_SECOND,
  MAX_REQUESTS,
  MAX_REQUESTS_PER_CLIENT,
  MAX_REQUESTS_PER_SECOND
} from '../proxying/constants.ts'
import { count, duration, size } from './fields.ts'

export const proxyingSchema = z
  .strictObject({
    timeout: duration()
      .default(PROXY_TIMEOUT_MS)
      .describe('How long a delivery with all its hops may take, and how long a proxy works on one.'),
    maxMessageBytes: size({ min: 1_024 })
      .default(MAX_PROXIED_BYTES)
      .describe('A message that is carried for others; a larger one is refused.'),
    maxHops: count({ max: 16 })
      .default(MAX_PROXY_HOPS)
      .describe('Proxies that may hand a message on, one after the other.'),
    maxFanOut: count({ max: 16 })
      .default(MAX_PROXY_FAN_OUT)
      .describe('Other proxies that are asked for a peer without a link with this one.'),
    maxRequests: count()
      .default(MAX_REQUESTS)
      .describe('Requests of all clients that are worked on at the same time.'),
    maxRequestsPerClient: count()
      .default(MAX_REQUESTS_PER_CLIENT)
      .describe('Requests of one client that are worked on at the same time.'),
    maxRequestsPerSecond: count()
      .default(MAX_REQUESTS_PER_SECOND)
      .describe('Requests of one client that are taken in a second, and requests that are made of one peer.'),
    maxBytesPerSecond: size({ min: 1_024 })
      .default(MAX_REQUEST_BYTES_PER_SECOND)
      .describe('Bytes of the requests of one client that are taken in a second.'),
    maxRemembered: count()
      .default(MAX_REMEMBERED_REQUESTS)
      .describe('Requests that are remembered, so that none is carried twice.'),
    closeTimeout: duration()
      .default(PROXY_CLOSE_TIMEOUT_MS)
      .describe('How long a peer may take to end its side of a stream after the answer.'),
    maxStreamsPerConnection: count({ min: 2 })
      .default(MAX_PROXY_STREAMS)
      .describe('Streams of requests on one connection, each way.')
  })
  .prefault({})
  .describe('Delivery to a named peer by way of proxies.')
