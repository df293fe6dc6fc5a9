import type { PeerId } from '@libp2p/interface'

/** The code of a multihash that is what it names. */
const IDENTITY_CODE = 0

/** Whether the PeerId holds its key, so that anybody can verify what it signs: Ed25519 and secp256k1, not RSA. */
export function holdsKey(peer: PeerId): boolean {
  return peer.toMultihash().code === IDENTITY_CODE
}
