import { randomBytes } from 'node:crypto'
import { toString } from 'uint8arrays/to-string'
import { join } from './bytes.ts'

/** Before the 32 bytes of an Ed25519 key: an identity multihash of 36 bytes, and libp2p's protobuf of a public key. */
const PREFIX = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20)

/** A PeerId that nobody has. */
export function peerIdText(): string {
  return toString(join(PREFIX, randomBytes(32)), 'base58btc')
}
