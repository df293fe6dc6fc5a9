import { InvalidParametersError, isPeerId } from '@libp2p/interface'
import { isMultiaddr } from '@multiformats/multiaddr'

/**
 * Checks times that an application gives, by the names of the options.
 * `Infinity` is one; what is left out is not looked at.
 *
 * @throws {InvalidParametersError} when one is no number of milliseconds from 0
 */
export function checkTimes(times: Record<string, unknown>): void {
  for (const [name, ms] of Object.entries(times)) {
    if (ms !== undefined && !(typeof ms === 'number' && ms >= 0)) {
      throw new InvalidParametersError(`${name} must be a number of milliseconds from 0, not ${shown(ms)}`)
    }
  }
}

/**
 * Checks the names that an application gives of nodes.
 *
 * @throws {InvalidParametersError} when one is neither a PeerId nor a Multiaddr
 */
export function checkPlaces(places: unknown[]): void {
  for (const place of places) {
    if (!isMultiaddr(place) && !isPeerId(place)) {
      throw new InvalidParametersError(
        `A node is named by a PeerId or a Multiaddr (peerIdFromString(text), multiaddr(text)), not by ${shown(place)}`
      )
    }
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `the text ${JSON.stringify(value)}` : String(value)
}
