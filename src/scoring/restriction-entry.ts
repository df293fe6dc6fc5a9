import { Key } from 'interface-datastore'
import { peerIdFromString } from '@libp2p/peer-id'
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

/** Undefined, or an error, when it is no entry. */
export function parseEntry(stored: unknown): Entry | undefined {
  const { kind, peer, reason, expiresAt, ttl } = stored as Partial<Entry>

  return (kind !== 'blacklisted' && kind !== 'recently-disconnected') ||
    typeof peer !== 'string' ||
    typeof reason !== 'string' ||
    typeof expiresAt !== 'number' ||
    (ttl != null && typeof ttl !== 'number')
    ? undefined
    : { kind, peer: peerIdFromString(peer).toString(), reason, expiresAt, ttl }
}
