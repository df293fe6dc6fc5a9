/** The keys of the overlay itself: what becomes the init of its parts. */
import { z } from 'zod'
import {
  HANDSHAKE_STEP_TIMEOUT_MS,
  MAX_CHANGES_PER_MINUTE,
  MAX_HANDSHAKES_PER_MINUTE,
  MAX_HANDSHAKE_STREAMS,
  MAX_PENDING_INBOUND
} from '../../protocols/handshake/limits.ts'
import {
  MAX_COALESCED_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_MESSAGE_STREAMS,
  MAX_QUEUED_BYTES,
  MAX_QUEUED_MESSAGES,
  MAX_UNACKNOWLEDGED_MESSAGES,
  MESSAGE_ACK_TIMEOUT_MS,
  MESSAGE_FRAME_TIMEOUT_MS,
  MESSAGE_WRITE_TIMEOUT_MS
} from '../../protocols/message/limits.ts'
import { CONTROLLER_POLL_INTERVAL_MS, CONTROLLER_TIMEOUT_MS } from '../controller/constants.ts'
import { controllerUrl, hasCredentials } from '../controller/url.ts'
import {
  JOIN_RETRY_MS,
  MAX_JOIN_RETRY_MS,
  MAX_PARALLEL_JOINS,
  NEW_DIALS_AT_ONCE,
  NEW_DIALS_PER_SECOND
} from '../discovery/constants.ts'
import {
  FORWARD_BATCH_SIZE,
  FORWARD_INTERVAL_MS,
  FORWARDED_TYPES,
  MAX_FORWARDS,
  MAX_FORWARD_QUEUE,
  MAX_FORWARD_QUEUE_BYTES,
  MAX_FORWARDED_ORIGINS,
  MAX_FORWARDS_PER_ORIGIN,
  MAX_HOPS
} from '../forwarding/constants.ts'
import {
  ALIVE_INTERVAL_MS,
  ATTEMPT_DELAY_MS,
  DIAL_TIMEOUT_MS,
  GOODBYE_TIMEOUT_MS,
  INACTIVITY_TIMEOUT_MS,
  LINK_SWEEP_INTERVAL_MS,
  MAX_ATTEMPTS,
  MAX_LINKS,
  MAX_LINK_MESSAGE_ADDRS,
  MAX_PARALLEL_REDIALS,
  MAX_REDIAL_DELAY_MS,
  MAX_REDIALS,
  PROBE_TIMEOUT_MS,
  REDIAL_ATTEMPTS,
  REDIAL_DELAY_MS,
  REDIAL_ROUNDS,
  SILENCE_TIMEOUT_MS,
  SURPLUS_CONNECTION_GRACE_MS
} from '../links/constants.ts'
import {
  LINK_MESSAGE_RETRY_MS,
  MAX_LINK_MESSAGE_DIALS_PER_HOST,
  MAX_LINK_MESSAGE_DIALS_PER_MINUTE,
  MAX_LINK_MESSAGES_FOLLOWED,
  MAX_LINK_MESSAGES_PER_MINUTE,
  MAX_LOCAL_MESSAGES,
  MAX_REPLAY_ORIGINS,
  REPLAY_WINDOW,
  SEEN_TTL_MS
} from '../messages/constants.ts'
import {
  BLACKLIST_TTL_MS,
  MAX_BLOCKED_ADDRESSES,
  MAX_RESTRICTIONS,
  RECENTLY_DISCONNECTED_TTL_MS
} from '../scoring/constants.ts'
import { choice, count, duration, flag, messageTypes, optionalText, size, subnets } from './fields.ts'

export const joiningSchema = z
  .strictObject({
    auto: flag().default(true).describe('Whether to link with every member that is found.'),
    direct: flag()
      .default(false)
      .describe('Whether links with members that are found are direct, and so part of the topology.'),
    sendDiscover: flag()
      .default(true)
      .describe('Whether to send a discover_join message to each member that is found.'),
    retryDelay: duration()
      .default(JOIN_RETRY_MS)
      .describe('Time before a peer that could not be linked is tried again; doubles each time.'),
    maxRetryDelay: duration().default(MAX_JOIN_RETRY_MS).describe('What the time before a new try grows to.'),
    maxParallel: count().default(MAX_PARALLEL_JOINS).describe('Links that are being made at the same time.'),
    newDialsPerSecond: count()
      .default(NEW_DIALS_PER_SECOND)
      .describe('Dials in a second of found members that were never linked, after the first ones.'),
    newDialsAtOnce: count()
      .default(NEW_DIALS_AT_ONCE)
      .describe('Dials of such members that may be made at once.')
  })
  .prefault({})
  .describe('What is done about members that are found, and about the addresses in `dial` and `direct`.')

export const linksSchema = z
  .strictObject({
    maxLinks: count().default(MAX_LINKS).describe('Links at most, direct and undirected.'),
    maxPendingInbound: count()
      .default(MAX_PENDING_INBOUND)
      .describe('Handshakes of other nodes, over all peers, that wait for an answer.'),
    handshakeTimeout: duration()
      .default(HANDSHAKE_STEP_TIMEOUT_MS)
      .describe('How long each step of a handshake may take.'),
    dialTimeout: duration().default(DIAL_TIMEOUT_MS).describe('How long it may take to reach a peer.'),
    inactivityTimeout: duration()
      .default(INACTIVITY_TIMEOUT_MS)
      .describe('How long an undirected link may be without a message before it is closed.'),
    sweepInterval: duration({ min: 10 })
      .default(LINK_SWEEP_INTERVAL_MS)
      .describe('Time between two looks for inactive links and surplus connections.'),
    surplusConnectionGrace: duration({ min: 0 })
      .default(SURPLUS_CONNECTION_GRACE_MS)
      .describe('How long a second connection to a linked peer is left open.'),
    aliveInterval: duration({ min: 10 })
      .default(ALIVE_INTERVAL_MS)
      .describe('How long nothing may be sent over a link before an `alive` message is.'),
    silenceTimeout: duration({ min: 10 })
      .default(SILENCE_TIMEOUT_MS)
      .describe(
        'How long nothing may be heard of a peer, not even an answer to a ping, before its link is closed.'
      ),
    probeTimeout: duration({ min: 10 })
      .default(PROBE_TIMEOUT_MS)
      .describe('How long a peer may take to answer a ping over its link.'),
    redialAttempts: count({ max: 1_000 })
      .default(REDIAL_ATTEMPTS)
      .describe('Dials in one round to get back a lost direct link, or a lost one of high priority.'),
    redialRounds: count({ min: 0, max: 1_000 })
      .default(REDIAL_ROUNDS)
      .describe('Rounds after which a lost peer is given up; 0 dials nobody again.'),
    redialDelay: duration()
      .default(REDIAL_DELAY_MS)
      .describe('Time before the first dial of a round, less up to a quarter by chance; doubles with each.'),
    maxRedialDelay: duration()
      .default(MAX_REDIAL_DELAY_MS)
      .describe('What that time grows to, and the time between two rounds.'),
    maxParallelRedials: count()
      .default(MAX_PARALLEL_REDIALS)
      .describe('Lost peers that are dialled at the same time.'),
    maxRedials: count()
      .default(MAX_REDIALS)
      .describe('Lost peers that are kept in mind to be dialled again.'),
    remember: flag()
      .default(true)
      .describe(
        'Whether the neighbours are kept in `dataDir` and linked again after a restart. One that is disconnected, banned or given up is forgotten.'
      ),
    neighbourLoss: choice(['given-up', 'at-once'])
      .default('given-up')
      .describe(
        'When a neighbour whose link was lost is none any more, for the engine, `neighbour:update` and readiness: when it is given up, so that a short loss changes nothing, or at once.'
      ),
    maxAttempts: count()
      .default(MAX_ATTEMPTS)
      .describe('Handshakes tried with a peer whose answer settles nothing, as when both dial at once.'),
    attemptDelay: duration({ min: 0 })
      .default(ATTEMPT_DELAY_MS)
      .describe('Time between two such handshakes; grows with each.'),
    goodbyeTimeout: duration({ min: 0 })
      .default(GOODBYE_TIMEOUT_MS)
      .describe('How long a stop waits for the answers to its goodbyes.'),
    maxStreamsPerConnection: count({ min: 2 })
      .default(MAX_HANDSHAKE_STREAMS)
      .describe('Handshake streams on one connection.'),
    maxHandshakesPerMinute: count()
      .default(MAX_HANDSHAKES_PER_MINUTE)
      .describe('Handshakes a peer may begin in a minute; more is a violation.'),
    maxChangesPerMinute: count()
      .default(MAX_CHANGES_PER_MINUTE)
      .describe(
        'Changes between direct and undirected a peer may ask for in a minute; more are refused and count.'
      ),
    acceptLinkMessages: choice(['trust-all', 'all', 'neighbours', 'none'])
      .default('all')
      .describe(
        'Whose `link` messages are followed. A peer can take back links that it asked for; with "trust-all" a neighbour can end any link, as in the seed.'
      ),
    maxLinkMessageAddrs: count()
      .default(MAX_LINK_MESSAGE_ADDRS)
      .describe('Peers whose addresses one `link` message may name.'),
    maxLinkMessagesPerMinute: count()
      .default(MAX_LINK_MESSAGES_PER_MINUTE)
      .describe('How many `link` messages of one peer are followed in a minute; the rest is not.'),
    maxLinkMessagesFollowed: count()
      .default(MAX_LINK_MESSAGES_FOLLOWED)
      .describe('How many `link` messages of one peer are followed at the same time; the rest is not.'),
    maxLinkMessageDialsPerMinute: count()
      .default(MAX_LINK_MESSAGE_DIALS_PER_MINUTE)
      .describe('Dials in a minute that `link` messages of all peers may cause; as many may come at once.'),
    maxLinkMessageDialsPerHost: count()
      .default(MAX_LINK_MESSAGE_DIALS_PER_HOST)
      .describe('Of those, dials of one host in a minute that make no link; as many may come at once.'),
    linkMessageRetryDelay: duration()
      .default(LINK_MESSAGE_RETRY_MS)
      .describe(
        'Time before an address that could not be linked is tried again because a `link` message names it.'
      )
  })
  .prefault({})
  .describe('Links with other nodes.')

export const messagesSchema = z
  .strictObject({
    maxLocalMessages: count().default(MAX_LOCAL_MESSAGES).describe('Messages remembered to know duplicates.'),
    seenTtl: duration().default(SEEN_TTL_MS).describe('How long a message is remembered at most.'),
    replayWindow: count({ min: 32, max: 65_536 })
      .default(REPLAY_WINDOW)
      .describe(
        'Sequence numbers behind the newest of an origin that are still told apart; older ones count as seen.'
      ),
    maxReplayOrigins: count()
      .default(MAX_REPLAY_ORIGINS)
      .describe('Origins whose sequence numbers are kept.'),
    maxMessageBytes: size({ min: 1_024, max: 67_108_864 })
      .default(MAX_MESSAGE_BYTES)
      .describe(
        'One message with its envelope, the same at all nodes: a peer that sends a larger one is shut out. Models travel apart.'
      ),
    maxQueuedMessages: count()
      .default(MAX_QUEUED_MESSAGES)
      .describe('Messages that may wait for one peer before one that cannot wait is refused.'),
    maxQueuedBytes: size()
      .default(MAX_QUEUED_BYTES)
      .describe('Bytes that may wait for one peer before a message that cannot wait is refused.'),
    maxCoalescedBytes: size()
      .default(MAX_COALESCED_BYTES)
      .describe('Waiting messages are joined into one write of up to this size.'),
    writeTimeout: duration()
      .default(MESSAGE_WRITE_TIMEOUT_MS)
      .describe('How long a write may wait for a peer that does not read.'),
    maxUnacknowledgedMessages: count()
      .default(MAX_UNACKNOWLEDGED_MESSAGES)
      .describe('Messages to one peer that may be under way before further ones wait.'),
    ackTimeout: duration()
      .default(MESSAGE_ACK_TIMEOUT_MS)
      .describe('How long a peer may acknowledge nothing while messages are under way to it.'),
    frameTimeout: duration()
      .default(MESSAGE_FRAME_TIMEOUT_MS)
      .describe('How long a message that has begun to arrive may take to arrive whole.'),
    maxStreamsPerConnection: count()
      .default(MAX_MESSAGE_STREAMS)
      .describe('Message streams on one connection, each way.')
  })
  .prefault({})
  .describe('Messages over links.')

export const forwardingSchema = z
  .strictObject({
    types: messageTypes()
      .default([...FORWARDED_TYPES])
      .describe(
        'Types of messages that a proxy passes on; `model` and `offer` stand for models too. Every node passes on the first model and the start of the federation, whatever the list says.'
      ),
    centralised: flag()
      .default(false)
      .describe('Whether a server is the neighbour of all (CFL); nothing is passed on then.'),
    maxHops: count({ max: 255 })
      .default(MAX_HOPS)
      .describe('Nodes that may pass a message on, one after the other.'),
    interval: duration({ min: 0 })
      .default(FORWARD_INTERVAL_MS)
      .describe('Time between two batches of messages that are passed on; 0 sends each at once.'),
    batchSize: count().default(FORWARD_BATCH_SIZE).describe('Messages of one such batch.'),
    maxQueue: count()
      .default(MAX_FORWARD_QUEUE)
      .describe('Messages that may wait for their batch; more are dropped.'),
    maxQueueBytes: size()
      .default(MAX_FORWARD_QUEUE_BYTES)
      .describe('Bytes of messages that may wait for their batch.'),
    maxPerSecond: count()
      .default(MAX_FORWARDS)
      .describe('Messages of all origins that are passed on in a second; more are dropped.'),
    maxPerOrigin: count()
      .default(MAX_FORWARDS_PER_ORIGIN)
      .describe('Messages of one origin that are passed on in a second; more are dropped.'),
    maxOriginsPerMinute: count()
      .default(MAX_FORWARDED_ORIGINS)
      .describe('Origins of which messages are passed on in a minute; those of more are dropped.')
  })
  .prefault({})
  .describe(
    'Passing on what is received: messages of `forwarding.types` on a proxy, and the first model and the start of the federation everywhere.'
  )

export const controllerSchema = z
  .strictObject({
    url: optionalText(
      'URL',
      'an http or https URL without query and fragment, or host:port',
      (value) => controllerUrl(value) != null,
      { error: 'expected a URL without user name and password', isIn: hasCredentials }
    )
      .default(null)
      .describe(
        "Address of the controller of NEBULA's platform, with a path where a proxy serves it under one, null for none. `nebula start` registers with it and waits for it."
      ),
    scenario: optionalText('name', '1 to 128 characters', isShortText)
      .default(null)
      .describe('Scenario under which the controller knows this node, null for the name of the federation.'),
    node: optionalText('text', '1 to 128 characters', isShortText)
      .default(null)
      .describe(
        'What the node registers as, null for `host:port` of the first address that other nodes can dial.'
      ),
    pollInterval: duration({ min: 10 })
      .default(CONTROLLER_POLL_INTERVAL_MS)
      .describe('Time between two requests to a controller that has not answered 200.'),
    timeout: duration()
      .default(CONTROLLER_TIMEOUT_MS)
      .describe('How long the controller may take to answer one request.')
  })
  .prefault({})
  .describe('The controller with which the node registers, and for which it waits.')

function isShortText(value: string): boolean {
  return value.length > 0 && value.length <= 128
}

export const restrictionsSchema = z
  .strictObject({
    blacklistTtl: duration().default(BLACKLIST_TTL_MS).describe('How long a peer stays on the blacklist.'),
    recentlyDisconnectedTtl: duration()
      .default(RECENTLY_DISCONNECTED_TTL_MS)
      .describe('How long a lost peer is neither dialled nor accepted.'),
    maxEntries: count()
      .default(MAX_RESTRICTIONS)
      .describe('Entries of both kinds; the one that would expire first makes room.'),
    blockedAddresses: subnets()
      .default([])
      .describe('IP addresses and subnets, such as 203.0.113.0/24, that are always shut out.'),
    maxAddresses: count()
      .default(MAX_BLOCKED_ADDRESSES)
      .describe('Addresses and subnets shut out beside those; the one that would expire first makes room.')
  })
  .prefault({})
  .describe('Peers that are shut out.')
