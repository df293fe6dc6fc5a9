import { MAX_MESSAGE_BYTES } from '../../protocols/message/limits.ts'

/** Proxies that may hand a message on, one after the other, before it is with its target. */
export const MAX_PROXY_HOPS = 4

/** Other proxies that are asked for a target without a link here. Each hop multiplies by it. */
export const MAX_PROXY_FAN_OUT = 4

/** Requests of one client that are worked on at the same time. Each may hold a message of the largest size. */
export const MAX_REQUESTS_PER_CLIENT = 8

/** Requests of all clients that are worked on at the same time; with the largest messages 128 MiB. */
export const MAX_REQUESTS = 128

/** Requests of one client in a second. */
export const MAX_REQUESTS_PER_SECOND = 50

/** Bytes of the requests of one client in a second: four of the largest. */
export const MAX_REQUEST_BYTES_PER_SECOND = 4 * MAX_MESSAGE_BYTES

/** Bytes of a message that a proxy carries for others. */
export const MAX_PROXIED_BYTES = MAX_MESSAGE_BYTES

/** Requests remembered, so that none is carried twice. */
export const MAX_REMEMBERED_REQUESTS = 10_000

/**
 * What each hop leaves the next of the time that it has itself, so that its
 * answer is back in time.
 */
export const TIME_PASSED_ON = 0.9
