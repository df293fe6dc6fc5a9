import { getNetConfig } from '@libp2p/utils'
import { CODE_P2P, multiaddr } from '@multiformats/multiaddr'
import { encode, encodingLength } from 'dns-packet'
import { ipOf } from '../../lib/net/index.ts'
import { LEGACY_TTL_S, MAX_ANSWER_BYTES, MAX_TEXT_BYTES, RECORD_TTL_S } from '../constants.ts'
import { familyOf } from './interfaces.ts'
import { locationText } from './location-text.ts'
import { ALL_SERVICES } from './service-names.ts'
import type { ServiceNames } from './service-names.ts'
import type { GeoLocation } from '../../lib/geo-location.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Answer, Packet, Question } from 'dns-packet'

/** What an answer's first section holds: the pointer to the instance, all of its records, or the pointer to the tag. */
export type AnswerKind = 'pointer' | 'all' | 'services'

/** What this node tells of itself on one interface. */
export interface Announcement {
  peer: PeerId
  /** The ones to prefer first; those that an answer has no room for are left out from the end. */
  addrs: Multiaddr[]
  /** Where on earth it is. */
  location?: GeoLocation
}

/** @param knowsItself - whether its own pointer is among the known answers, so that this node does not answer itself */
export function question({ tag, instance }: ServiceNames, knowsItself = false): Uint8Array {
  return encode({
    type: 'query',
    questions: [{ name: tag, type: 'PTR' }],
    answers: knowsItself ? [pointer(tag, instance, RECORD_TTL_S)] : []
  })
}

/** Undefined when there is no address to tell. */
export function answer(
  names: ServiceNames,
  announcement: Announcement,
  kind: AnswerKind
): Uint8Array | undefined {
  return encodeAnswer(names, announcement, kind, RECORD_TTL_S, {})
}

/**
 * The answer to one that asks from another port than the one of multicast DNS
 * (RFC 6762, section 6.7): it keeps no records, and takes what repeats its question.
 */
export function legacyAnswer(
  names: ServiceNames,
  announcement: Announcement,
  kind: AnswerKind,
  { id, questions }: { id: number; questions: Question[] }
): Uint8Array | undefined {
  return encodeAnswer(names, announcement, kind, LEGACY_TTL_S, { id, questions })
}

/** Tells that the instance is no more. There is no text with it, so that it is no announcement for `@libp2p/mdns`. */
export function goodbye({ tag, instance }: ServiceNames): Uint8Array {
  return encode(response({ answers: [pointer(tag, instance, 0)] }))
}

/** `dnsaddr=` and a multiaddr with the PeerId, for each address that fits a string of a TXT record; then the location. */
export function textsOf({ peer, addrs, location }: Announcement): string[] {
  const texts = addrs
    .map((addr) => `dnsaddr=${withPeer(addr, peer).toString()}`)
    .filter((text) => Buffer.byteLength(text) <= MAX_TEXT_BYTES)

  return texts.length === 0 || location == null ? texts : [...texts, locationText(location)]
}

function encodeAnswer(
  names: ServiceNames,
  { peer, addrs, location }: Announcement,
  kind: AnswerKind,
  ttl: number,
  head: Partial<Packet>
): Uint8Array | undefined {
  for (let count = addrs.length; count > 0; count--) {
    const packet = response({
      ...head,
      ...sections(names, { peer, addrs: addrs.slice(0, count), location }, kind, ttl)
    })

    if (packet.answers != null && encodingLength(packet) <= MAX_ANSWER_BYTES) {
      return encode(packet)
    }
  }

  return undefined
}

function sections(
  { tag, instance, host }: ServiceNames,
  announcement: Announcement,
  kind: AnswerKind,
  ttl: number
): Pick<Packet, 'answers' | 'additionals'> {
  const texts = textsOf(announcement)

  if (texts.length === 0) {
    return {}
  }

  // other hosts keep one set of these for the name, and this replaces it; a program at another port keeps none
  const flush = ttl === RECORD_TTL_S
  const ips = [...new Set(announcement.addrs.map((addr) => ipOf(addr)?.address).filter((ip) => ip != null))]
  const details: Answer[] = [
    {
      type: 'SRV',
      name: instance,
      class: 'IN',
      flush,
      ttl,
      data: { port: portOf(announcement.addrs), target: host, priority: 0, weight: 0 }
    },
    { type: 'TXT', name: instance, class: 'IN', flush, ttl, data: texts },
    ...ips.map((ip): Answer => ({
      type: familyOf(ip) === 'ipv4' ? 'A' : 'AAAA',
      name: host,
      class: 'IN',
      flush,
      ttl,
      data: ip
    }))
  ]

  switch (kind) {
    case 'pointer':
      return { answers: [pointer(tag, instance, ttl)], additionals: details }
    case 'all':
      return { answers: [pointer(tag, instance, ttl), ...details] }
    case 'services':
      return { answers: [pointer(ALL_SERVICES, tag, ttl)] }
  }
}

function response(packet: Partial<Packet>): Packet {
  // authoritative, which RFC 6762, section 18.4 demands
  return { type: 'response', flags: 1 << 10, ...packet }
}

function pointer(name: string, data: string, ttl: number): Answer {
  return { type: 'PTR', name, class: 'IN', ttl, data }
}

function withPeer(addr: Multiaddr, peer: PeerId): Multiaddr {
  return addr.getComponents().some(({ code }) => code === CODE_P2P)
    ? addr
    : addr.encapsulate(multiaddr(`/p2p/${peer.toString()}`))
}

/** The SRV record's port. Nodes of the overlay do not read it; other programs find the remaining ports in the texts. */
function portOf(addrs: Multiaddr[]): number {
  for (const addr of addrs) {
    try {
      const { port } = getNetConfig(addr)

      if (port != null) {
        return port
      }
    } catch {
      // no address of a host
    }
  }

  return 0
}
