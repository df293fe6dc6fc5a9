/** The keys of the peers' score. `src/scoring/README.md` says how they work together. */
import { z } from 'zod'
import {
  BLACKLIST_THRESHOLD,
  COLOCATION_EXEMPT,
  DECAY_TO_ZERO,
  FLAP_WITHIN_MS,
  GRAYLIST_THRESHOLD,
  MAX_HALF_LIFE_MS,
  MAX_MESSAGE_RATE,
  MAX_OPINIONS,
  MAX_OPINIONS_PER_NEIGHBOUR,
  MAX_SCORED_PEERS,
  MIN_OPINIONS,
  OPINION_TTL_MS,
  RETAIN_SCORE_MS,
  SCORE_SWEEP_INTERVAL_MS
} from '../scoring/score/constants.ts'
import { COLOCATION, FIRST_DELIVERIES, OPINION, PENALTIES, TIME_IN_LINK } from '../scoring/score/terms.ts'
import { count, decimal, duration, orNull, subnets } from './fields.ts'
import type { DecayingParams, TermParams } from '../scoring/score/terms.ts'

/** @param unit - what the counter counts, in the plural */
function standing({ weight, threshold, cap }: TermParams, unit: string) {
  return {
    weight: decimal().default(weight).describe(`What ${unit} add to the score, each.`),
    threshold: decimal({ min: 0 }).default(threshold).describe(`How many ${unit} count nothing.`),
    cap: decimal({ min: 0 }).default(cap).describe(`Above how many ${unit} no more are counted.`)
  }
}

function decaying(params: DecayingParams, unit: string) {
  return {
    ...standing(params, unit),
    halfLife: duration({ max: MAX_HALF_LIFE_MS })
      .default(params.halfLife)
      .describe(`In which time half of the ${unit} are forgotten.`)
  }
}

function term(shape: ReturnType<typeof standing>, description: string) {
  return z.strictObject(shape).prefault({}).describe(description)
}

function penalty(name: keyof typeof PENALTIES, unit: string, description: string) {
  return z.strictObject(decaying(PENALTIES[name], unit)).prefault({}).describe(description)
}

const termsSchema = z
  .strictObject({
    badSignature: penalty(
      'badSignature',
      'wrong signatures',
      'Messages and models that are not signed by whom they name.'
    ),
    invalidMessage: penalty(
      'invalidMessage',
      'messages',
      'Bytes that are no frame, envelope or message, or have no place where they came.'
    ),
    handshake: penalty('handshake', 'violations', 'Handshakes that break their protocol.'),
    oversize: penalty('oversize', 'frames', 'Frames above their limit.'),
    invalidChunk: penalty('invalidChunk', 'chunks', 'Chunks of models that are not what the header says.'),
    bomb: penalty(
      'bomb',
      'payloads',
      'Payloads that decompress to more than their header says; charged to their origin.'
    ),
    slow: penalty(
      'slow',
      'timeouts',
      'Frames that were begun and not finished, and writes that were not taken, in time; the square of what is above the threshold counts.'
    ),
    transfer: penalty(
      'transfer',
      'transfers',
      'Transfers of models that failed or stood still; the square of what is above the threshold counts.'
    ),
    halfOpen: penalty(
      'halfOpen',
      'attempts',
      'Attempts whose Hello did not come in time; the square of what is above the threshold counts.'
    ),
    duplicates: penalty(
      'duplicates',
      'copies',
      'Copies of a message from one and the same peer; the square of what is above the threshold counts.'
    ),
    rate: penalty(
      'rate',
      'excesses',
      'Connections, streams and messages above the rate that a peer may have; the square of what is above the threshold counts.'
    ),
    flapping: penalty(
      'flapping',
      'links',
      'Links that the peer let go soon after they were made, and attempts that come too soon or too often; the square of what is above the threshold counts.'
    ),
    firstDeliveries: z
      .strictObject(decaying(FIRST_DELIVERIES, 'messages'))
      .prefault({})
      .describe('Messages that were new to this node.'),
    timeInLink: term(standing(TIME_IN_LINK, 'minutes'), 'How long the link has been open.'),
    colocation: term(
      standing(COLOCATION, 'peers'),
      'Peers at the same IP address; the square of what is above the threshold counts.'
    ),
    opinion: term(
      standing(OPINION, 'units'),
      'How far neighbours hold a peer to be below average: 0 for average, 1 for the worst.'
    )
  })
  .prefault({})
  .describe('What is counted of a peer, and what it weighs.')

export const scoreSchema = z
  .strictObject({
    graylist: decimal()
      .default(GRAYLIST_THRESHOLD)
      .describe('Score below which the messages and models of a peer are ignored.'),
    blacklist: decimal()
      .default(BLACKLIST_THRESHOLD)
      .describe('Score below which a peer is put on the blacklist.'),
    decayToZero: decimal()
      .default(DECAY_TO_ZERO)
      .describe('What is left of a counter below this is nothing.'),
    retain: duration()
      .default(RETAIN_SCORE_MS)
      .describe('How long the score of a peer is kept after its last link.'),
    maxPeers: count()
      .default(MAX_SCORED_PEERS)
      .describe('Peers whose score is kept; of those without a link the best makes room.'),
    sweepInterval: duration({ min: 10 })
      .default(SCORE_SWEEP_INTERVAL_MS)
      .describe('Time between two looks for peers that have recovered, and scores to write or forget.'),
    maxMessageRate: count()
      .default(MAX_MESSAGE_RATE)
      .describe('Messages that a peer may send in a second for long; more count as excesses.'),
    maxMessageBurst: orNull(count())
      .default(null)
      .describe(
        'Messages that a peer may send at once; more count as excesses. Without it ten seconds of `score.maxMessageRate`.'
      ),
    flapWithin: duration({ min: 0 })
      .default(FLAP_WITHIN_MS)
      .describe('A link that the peer lets go, or loses, sooner than this counts as flapping.'),
    colocationExempt: subnets()
      .default(COLOCATION_EXEMPT)
      .describe('IP addresses and subnets that any number of peers may share.'),
    minOpinions: count()
      .default(MIN_OPINIONS)
      .describe('Neighbours it takes for their opinions of a peer to count.'),
    maxOpinions: count().default(MAX_OPINIONS).describe('Opinions kept of all neighbours.'),
    maxOpinionsPerNeighbour: count()
      .default(MAX_OPINIONS_PER_NEIGHBOUR)
      .describe('Opinions kept of one neighbour; its oldest makes room.'),
    opinionTtl: duration()
      .default(OPINION_TTL_MS)
      .describe('How long an opinion counts that is not given again.'),
    terms: termsSchema
  })
  .prefault({})
  .describe('How the conduct of peers is weighed. A set that can never punish, or never forgive, is refused.')
