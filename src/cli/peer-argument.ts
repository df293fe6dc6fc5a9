import { PeerNotFoundError, UsageError } from './errors.ts'

/** Characters that name a peer; fewer hit by chance. */
const MIN_PART_LENGTH = 6

/** No PeerId is shorter. */
const MIN_PEER_ID_LENGTH = 46

/**
 * The whole PeerId for what the user wrote: a PeerId, or the beginning or end
 * of one of the known peers. The common beginning of all PeerIds tells nothing,
 * so the short form `12D3…qr7tZ4Wv` may be copied as it is shown.
 *
 * @throws {UsageError} when it is too short
 * @throws {PeerNotFoundError} when no known peer fits, or several do
 */
export function resolvePeer(text: string, known: readonly string[]): string {
  if (known.includes(text) || text.length >= MIN_PEER_ID_LENGTH) {
    return text
  }

  const [start = '', end] = text.split(/…|\.\.\.?/, 2)

  if (Math.max(start.length, end?.length ?? 0) < MIN_PART_LENGTH) {
    throw new UsageError(
      `${JSON.stringify(text)} is too short for a peer; give at least ${MIN_PART_LENGTH} characters`
    )
  }

  const fits = [...new Set(known)].filter((peer) =>
    end == null
      ? peer.startsWith(start) || peer.endsWith(start)
      : peer.startsWith(start) && peer.endsWith(end)
  )

  if (fits.length > 1) {
    throw new PeerNotFoundError(`${JSON.stringify(text)} fits ${fits.length} peers; give more of the PeerId`)
  }

  const [peer] = fits

  if (peer == null) {
    throw new PeerNotFoundError(`no peer fits ${JSON.stringify(text)}; nebula peers lists them`)
  }

  return peer
}
