/** The keys of joining a federation that learns already, at both ends. */
import { z } from 'zod'
import {
  CONFIRM_TIMEOUT_MS,
  MAX_OFFERS_PER_MINUTE,
  MAX_REQUESTS_PER_MINUTE,
  OFFER_TIMEOUT_MS
} from '../discovery/late-join/constants.ts'
import { count, duration, flag } from './fields.ts'

export const lateJoinSchema = z
  .strictObject({
    offers: flag()
      .default(true)
      .describe('Whether nodes that look for neighbours are answered with the model and metrics.'),
    maxOffersPerMinute: count()
      .default(MAX_OFFERS_PER_MINUTE)
      .describe('Offers made to one peer in a minute; further questions stay unanswered.'),
    maxRequestsPerMinute: count()
      .default(MAX_REQUESTS_PER_MINUTE)
      .describe('Requests to become a neighbour of one peer that are looked at in a minute.'),
    offerTimeout: duration()
      .default(OFFER_TIMEOUT_MS)
      .describe('How long a node that joins waits for offers; a model is a part of each.'),
    confirmTimeout: duration()
      .default(CONFIRM_TIMEOUT_MS)
      .describe('How long a node that joins waits for those that it asked to become its neighbours.')
  })
  .prefault({})
  .describe('Joining a federation that learns already.')
