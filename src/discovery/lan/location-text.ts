import { isGeoLocation } from '../../lib/geo-location.ts'
import type { GeoLocation } from '../../lib/geo-location.ts'

/** A centimetre. */
const DIGITS = 7

const LOCATION = /^location=(-?\d{1,3}(?:\.\d{1,15})?),(-?\d{1,3}(?:\.\d{1,15})?)$/

/** The string of a TXT record that tells a location, such as `location=38.02,-1.17`. */
export function locationText({ latitude, longitude }: GeoLocation): string {
  return `location=${degrees(latitude)},${degrees(longitude)}`
}

/** The location that the first such string tells; undefined when there is none, or what it tells is no place on earth. */
export function readLocation(texts: string[]): GeoLocation | undefined {
  const [, latitude, longitude] =
    LOCATION.exec(texts.find((text) => text.startsWith('location=')) ?? '') ?? []
  const location = { latitude: Number(latitude), longitude: Number(longitude) }

  return isGeoLocation(location) ? location : undefined
}

function degrees(value: number): string {
  return value.toFixed(DIGITS).replace(/\.?0+$/, '')
}
