/** Limits that no configuration changes. */
import { MAX_HANDSHAKE_FRAME_BYTES, MAX_LISTEN_ADDRS, MAX_ROLES } from '../../protocols/handshake/limits.ts'
import {
  MAX_CHUNK_BYTES,
  MAX_CHUNKS,
  MAX_CONTROL_FRAME_BYTES,
  MAX_DETAILS_BYTES,
  MAX_HEADER_BYTES,
  MAX_UNWRITTEN_CHUNKS
} from '../../protocols/model/limits.ts'
import { MAX_HOPS_BYTES } from '../../protocols/message/limits.ts'
import { MAX_ANSWER_BYTES, MIN_DELIVERY_TIMEOUT_MS, TIME_TO_TAKE } from '../../protocols/proxy/limits.ts'
import { DEFAULT_MAX_READ_QUEUE_BYTES, DEFAULT_MAX_WRITE_BUFFER_BYTES } from '../../protocols/constants.ts'
import { LEAP_MS } from '../lib/leap-detector.ts'
import { DEADLINE_GRACE_MS } from '../lib/watchdog.ts'
import { MAX_ADDRS_PER_HOST, MAX_MEMBERS_TOLD, MAX_JOIN_FAILURES } from '../discovery/constants.ts'
import { MAX_ABSENT_READY_PEERS, MAX_CLOCK_DIFFERENCE_MS } from '../links/constants.ts'
import { HEADERS_TIMEOUT_MS, KEEP_ALIVE_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from '../http/constants.ts'
import {
  MAX_ARGUMENTS,
  MAX_CACHED_ORIGINS,
  MAX_LINK_MESSAGE_ADDR_LENGTH,
  MAX_SENDERS,
  PROMPT_VERIFICATIONS,
  PROMPT_VERIFICATIONS_PER_SECOND
} from '../messages/constants.ts'
import {
  INBOUND_UPGRADE_TIMEOUT_MS,
  MAX_PING_STREAMS,
  MAX_UNSAVED_ENTRIES,
  MAX_WEBSOCKET_MESSAGE_BYTES
} from '../node/constants.ts'
import { MAX_REASON_LENGTH } from '../scoring/constants.ts'
import { MAX_SCORE_WRITES } from '../scoring/score/constants.ts'
import { MAX_COUNT, MAX_DURATION_MS, MAX_FILE_BYTES, MAX_SIZE_BYTES } from './constants.ts'

export interface FixedLimit {
  what: string
  value: number
  unit: 'size' | 'duration' | 'count'
  why: string
}

export const FIXED_LIMITS: readonly FixedLimit[] = [
  {
    what: 'One frame of the handshake',
    value: MAX_HANDSHAKE_FRAME_BYTES,
    unit: 'size',
    why: 'A Hello with all addresses and roles at full length stays below.'
  },
  {
    what: 'Addresses in a Hello',
    value: MAX_LISTEN_ADDRS,
    unit: 'count',
    why: 'A host with several interfaces and two transports stays below.'
  },
  { what: 'Roles in a Hello', value: MAX_ROLES, unit: 'count', why: 'More than a node has.' },
  {
    what: 'Strings in the `arguments` of a federation message',
    value: MAX_ARGUMENTS,
    unit: 'count',
    why: 'A frame has room for half a million empty ones, which take a quarter of a second to read.'
  },
  {
    what: 'Characters of one address in a `link` message',
    value: MAX_LINK_MESSAGE_ADDR_LENGTH,
    unit: 'count',
    why: 'A longest DNS name behind a relay stays below; addresses that failed are remembered.'
  },
  {
    what: 'Header of a model',
    value: MAX_HEADER_BYTES,
    unit: 'size',
    why: 'The hashes of all chunks, the details, and 3 KiB for all else.'
  },
  {
    what: 'Details that an application adds to a model',
    value: MAX_DETAILS_BYTES,
    unit: 'size',
    why: 'They are in the header, which every receiver reads before it takes the model.'
  },
  {
    what: 'Chunks of a model',
    value: MAX_CHUNKS,
    unit: 'count',
    why: 'The largest model in the smallest chunks.'
  },
  { what: 'One chunk', value: MAX_CHUNK_BYTES, unit: 'size', why: 'Verified whole, so held whole.' },
  {
    what: 'Frame of the model protocol that is neither an offer nor a chunk',
    value: MAX_CONTROL_FRAME_BYTES,
    unit: 'size',
    why: '64 ranges of any numbers take 899 bytes.'
  },
  {
    what: 'Part of `messages.maxMessageBytes` that the source of a message leaves free',
    value: MAX_HOPS_BYTES,
    unit: 'size',
    why: 'Passing it on adds `hops`; what one node takes all can pass on.'
  },
  {
    what: 'Time that a delivery gives an asked proxy at least',
    value: MIN_DELIVERY_TIMEOUT_MS,
    unit: 'duration',
    why: 'With less nothing can come of it; the answer is TIMEOUT at once.'
  },
  {
    what: 'Answer of a proxy',
    value: MAX_ANSWER_BYTES,
    unit: 'size',
    why: 'The signature of an RSA key of 4,096 bits has 512 bytes.'
  },
  {
    what: 'Part of `proxying.timeout` in which a peer may take no byte of a delivery',
    value: TIME_TO_TAKE,
    unit: 'count',
    why: 'The first proxy has nine tenths; after that it is not known any more whose fault it is.'
  },
  {
    what: 'Grace after a deadline of a peer at which this process was held up',
    value: DEADLINE_GRACE_MS,
    unit: 'duration',
    why: 'What came in time while this process was held up is read first, so that nobody else is blamed.'
  },
  {
    what: 'Received and unread bytes of a stream above which it is paused',
    value: DEFAULT_MAX_READ_QUEUE_BYTES,
    unit: 'size',
    why: 'Four Yamux windows as they begin: a reader that keeps up on average is not paused.'
  },
  {
    what: 'Unsent bytes of a stream above which its sender waits',
    value: DEFAULT_MAX_WRITE_BUFFER_BYTES,
    unit: 'size',
    why: 'What waits goes out as one Yamux frame, before any other stream’s.'
  },
  {
    what: 'Failures in a row after which a found peer that announces itself no longer is left alone',
    value: MAX_JOIN_FAILURES,
    unit: 'count',
    why: 'Three rounds of five, as for a lost link.'
  },
  {
    what: 'Peers without a link of which it is remembered that they are ready',
    value: MAX_ABSENT_READY_PEERS,
    unit: 'count',
    why: 'As many as links. Who is forgotten says it again when it is linked.'
  },
  {
    what: 'What a tick may be late before the clock counts as having leapt',
    value: LEAP_MS,
    unit: 'duration',
    why: 'A loaded machine stays below, and every silence that ends a link is longer.'
  },
  {
    what: "What a peer's clock may differ before that is told as a warning",
    value: MAX_CLOCK_DIFFERENCE_MS,
    unit: 'duration',
    why: 'A handshake takes less than 5 s, and clocks set by NTP differ by less than a second. No link depends on it.'
  },
  {
    what: 'Verified chunks of one source that wait to be written',
    value: MAX_UNWRITTEN_CHUNKS,
    unit: 'count',
    why: 'Keeps the disk busy; the next ones wait at the source.'
  },
  {
    what: 'Warnings of found members that cannot be joined; the rest is one warning more',
    value: MAX_MEMBERS_TOLD,
    unit: 'count',
    why: 'Members are free to make up. Two of them may be at the same host.'
  },
  {
    what: 'Addresses of one announced peer at the same host',
    value: MAX_ADDRS_PER_HOST,
    unit: 'count',
    why: 'TCP and WebSocket are two; more would aim dials at the ports of a host.'
  },
  {
    what: 'Senders that are remembered of one message',
    value: MAX_SENDERS,
    unit: 'count',
    why: 'More neighbours than hand on the same message; one beyond it that sends it twice is not known.'
  },
  {
    what: 'Origins whose keys are at hand',
    value: MAX_CACHED_ORIGINS,
    unit: 'count',
    why: 'Those of others are read from the message again.'
  },
  {
    what: 'Signatures of messages that are verified on the event loop at once, the others on threads',
    value: PROMPT_VERIFICATIONS,
    unit: 'count',
    why: 'It takes a third less CPU; as many hold everything else up for six milliseconds.'
  },
  {
    what: 'Signatures of messages that are verified on the event loop in a second',
    value: PROMPT_VERIFICATIONS_PER_SECOND,
    unit: 'count',
    why: 'No flood takes more than a sixteenth of its time.'
  },
  {
    what: 'Time from accepting a connection to having secured it',
    value: INBOUND_UPGRADE_TIMEOUT_MS,
    unit: 'duration',
    why: 'As in libp2p.'
  },
  {
    what: 'One WebSocket message',
    value: MAX_WEBSOCKET_MESSAGE_BYTES,
    unit: 'size',
    why: 'It is held before the peer is known; libp2p writes at most 64 KiB at once.'
  },
  {
    what: 'Streams of ping on one connection, each way',
    value: MAX_PING_STREAMS,
    unit: 'count',
    why: 'Slow answers may overlap with the next questions.'
  },
  {
    what: 'Entries of the store that wait for a disk that takes nothing',
    value: MAX_UNSAVED_ENTRIES,
    unit: 'count',
    why: 'More than the peers that are known.'
  },
  {
    what: 'Scores that are written at once',
    value: MAX_SCORE_WRITES,
    unit: 'count',
    why: 'The others wait for the next sweep, not in memory.'
  },
  {
    what: 'Time for the head of a request to the control API',
    value: HEADERS_TIMEOUT_MS,
    unit: 'duration',
    why: 'Clients are on this machine.'
  },
  {
    what: 'Time for a whole request to the control API',
    value: REQUEST_TIMEOUT_MS,
    unit: 'duration',
    why: 'Clients are on this machine.'
  },
  {
    what: 'Time that an idle connection to the control API is kept',
    value: KEEP_ALIVE_TIMEOUT_MS,
    unit: 'duration',
    why: 'A page asks again within seconds, or opens another.'
  },
  {
    what: 'Characters kept of the reason why a peer was shut out',
    value: MAX_REASON_LENGTH,
    unit: 'count',
    why: 'It may quote what the peer sent.'
  },
  { what: 'A configuration file', value: MAX_FILE_BYTES, unit: 'size', why: 'A hundred times a long one.' },
  {
    what: 'A count in the configuration, unless its key says otherwise',
    value: MAX_COUNT,
    unit: 'count',
    why: 'No count of this overlay has a use beyond it.'
  },
  {
    what: 'A duration in the configuration',
    value: MAX_DURATION_MS,
    unit: 'duration',
    why: 'A timer of Node.js that waits longer fires at once.'
  },
  {
    what: 'A size in the configuration',
    value: MAX_SIZE_BYTES,
    unit: 'size',
    why: 'Yamux holds a window in 32 bits.'
  }
]
