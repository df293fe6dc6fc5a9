/** The keys of where on earth the node is. */
import { z } from 'zod'
import { LOCATION_INTERVAL_MS } from '../discovery/constants.ts'
import { decimal, duration, orNull } from './fields.ts'

export const locationSchema = z
  .strictObject({
    latitude: orNull(decimal({ min: -90, max: 90 }))
      .default(null)
      .describe('Degrees north. An engine that gives a location takes precedence.'),
    longitude: orNull(decimal({ min: -180, max: 180 }))
      .default(null)
      .describe('Degrees east.'),
    interval: duration({ min: 1_000 })
      .default(LOCATION_INTERVAL_MS)
      .describe(
        'Time between two `discovery` `discover` messages with the location to each neighbour; the engine is asked for the location as often. Nothing is sent without a location.'
      )
  })
  .prefault({})
  .describe('Where on earth this node is. Beacons carry it, and neighbours are told.')
