/** A place on earth (WGS 84). */
export interface GeoLocation {
  /** Degrees north, -90 to 90. */
  latitude: number
  /** Degrees east, -180 to 180. */
  longitude: number
}

export function isGeoLocation(value: unknown): value is GeoLocation {
  const { latitude, longitude } = (value ?? {}) as Partial<Record<keyof GeoLocation, unknown>>

  return isWithin(latitude, 90) && isWithin(longitude, 180)
}

function isWithin(value: unknown, most: number): boolean {
  // false for NaN
  return typeof value === 'number' && Math.abs(value) <= most
}
