/** Score below which a peer's messages and models are ignored. */
export const GRAYLIST_THRESHOLD = -40

/** Score below which a peer is blacklisted. */
export const BLACKLIST_THRESHOLD = -100

/** What is left of a counter below this is nothing. A hundredth of one offence. */
export const DECAY_TO_ZERO = 0.01

/** Milliseconds for which the score of a peer is kept after its last link: six half-lives of the gravest penalties. */
export const RETAIN_SCORE_MS = 3_600_000

/** Peers whose score is kept. Above the links there may be; the rest is for peers that left with a bad one. */
export const MAX_SCORED_PEERS = 10_000

/** Milliseconds between two looks for peers that have recovered, scores to write, and scores to forget. */
export const SCORE_SWEEP_INTERVAL_MS = 5_000

/**
 * Milliseconds that may pass at once. While scores are kept the clock is read
 * at every sweep, so more means that the clock was set or the machine slept,
 * in which time nobody was watched.
 */
export const MAX_TIME_STEP_MS = 60_000

/** Scores written at once; the others wait for the next sweep. */
export const MAX_SCORE_WRITES = 256

/** Milliseconds below which a link that the peer let go, or lost, counts as flapping. */
export const FLAP_WITHIN_MS = 30_000

/**
 * Messages that a peer may send in a second for long, of its own and passed
 * on. A federation of a hundred nodes needs a fiftieth of it, and what a node
 * passes on is bounded to a tenth of it (`forwarding.maxPerSecond`), so that
 * nobody can make an honest one exceed it.
 */
export const MAX_MESSAGE_RATE = 10_000

/**
 * Seconds of the message rate that a peer may send at once: after an outage all
 * the queues of the nodes behind a proxy may be full.
 */
export const MESSAGE_BURST_SECONDS = 10

/** Neighbours whose opinion of a peer it takes for it to count: one alone is only its own word. */
export const MIN_OPINIONS = 2

/** Opinions kept of one neighbour; it may hold one of each peer it has a link with. */
export const MAX_OPINIONS_PER_NEIGHBOUR = 1_000

/** Opinions kept of all neighbours. */
export const MAX_OPINIONS = 10_000

/** The score of the average peer in a `reputation:share`, which goes from 0 to 1; from there on an opinion is good. */
export const NEUTRAL_OPINION = 0.5

/** Milliseconds after which an opinion that was not given again no longer counts. */
export const OPINION_TTL_MS = 1_800_000

/** Addresses that many nodes share for good reasons: this machine, private networks, carriers' NATs. */
export const COLOCATION_EXEMPT = [
  '127.0.0.0/8',
  '::1',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
  'fe80::/10'
]

/** No half-life is longer: a peer could as well be shut out for good. */
export const MAX_HALF_LIFE_MS = 86_400_000

/** The longest that one term alone may hold a peer below the graylist, from its cap on: a week. */
export const MAX_RECOVERY_MS = 604_800_000

/** No cap is greater: a count that no peer reaches punishes nobody, and its square is no number that can be told from another. */
export const MAX_CAP = 1_000_000
