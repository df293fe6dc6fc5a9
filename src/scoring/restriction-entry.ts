import { Key } from 'interface-datastore'
import { peerIdFromString } from '@libp2p/peer-id'
import { toString as uint8ArrayToString } from 'uint8arrays/to-string'
import type { RestrictionInfo } from '../interface.ts'

/** A restriction as it is kept. */
export interface Entry {
  kind: RestrictionInfo['kind']
  peer: string
  reason: string
  expiresAt: number
  /** Milliseconds for which it was made, if not as long as its kind always. */
  ttl?: number
}

export const PREFIX = new Key('/nebula/restrictions')

/** What an entry is known by: a peer has at most one of each kind. */
export function id(entry: Pick<Entry, 'kind' | 'peer'>): string {
  return `${entry.kind}/${entry.peer}`
}

export function keyOf(entry: Entry): Key {
  return PREFIX.child(new Key(id(entry)))
}

/** Undefined when the bytes are no entry. */
export function parseEntry(value: Uint8Array): Entry | undefined {
  try {
    const { kind, peer, reason, expiresAt, ttl }: Partial<Entry> = JSON.parse(uint8ArrayToString(value))

    if (
      (kind !== 'blacklisted' && kind !== 'recently-disconnected') ||
      typeof peer !== 'string' ||
      typeof reason !== 'string' ||
      typeof expiresAt !== 'number' ||
      (ttl != null && typeof ttl !== 'number')
    ) {
      return undefined
    }

    return { kind, peer: peerIdFromString(peer).toString(), reason, expiresAt, ttl }
  } catch {
    return undefined
  }
}
