import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P, multiaddr } from '@multiformats/multiaddr'
import { decode } from 'dns-packet'
import { MAX_INSTANCES, MAX_PACKET_BYTES, MAX_RECORDS, MAX_TEXTS, RECORD_TTL_S } from '../constants.ts'
import { readLocation } from './location-text.ts'
import { ALL_SERVICES } from './service-names.ts'
import type { AnswerKind } from './answers.ts'
import type { ServiceNames } from './service-names.ts'
import type { GeoLocation } from '../../lib/geo-location.ts'
import type { Answer, DecodedPacket, Question, TxtAnswer } from 'dns-packet'

/** A question that this node answers. */
export interface Asked {
  kind: AnswerKind
  id: number
  questions: Question[]
}

/** A node of the federation, as it was announced. */
export interface Instance {
  /** `LABEL.TAG` */
  name: string
  /** `dnsaddr=` and a multiaddr with a PeerId, the same in all; at least one. */
  texts: string[]
  /** Where on earth it says it is. */
  location?: GeoLocation
}

export interface ReadPacket {
  asked?: Asked
  instances: Instance[]
}

const HEADER_BYTES = 12
/** Opcode and response code: a message that has one is ignored (RFC 6762, sections 18.3 and 18.11). */
const CODES_MASK = 0x780f
/** Classes of a question as the decoder tells them, which takes the bit that wants a unicast answer for a part of them. */
const ASKED_CLASSES = new Set<string | undefined>(['IN', 'ANY', 'UNKNOWN_32769', 'UNKNOWN_33023'])

/**
 * Whether a datagram may be worth reading: it is within the bounds, and names
 * what this node has to do with. On most LANs nearly all others are about
 * something else, and are known by that without being decoded.
 */
export function isOfInterest(bytes: Uint8Array, names: ServiceNames): boolean {
  const data = bufferOf(bytes)

  return isBounded(data) && concerns(data, names)
}

/** What a datagram asks or tells of the federation; nothing when it is malformed or about something else. */
export function readPacket(bytes: Uint8Array, names: ServiceNames): ReadPacket | undefined {
  try {
    const packet = decode(bufferOf(bytes))

    return packet.type === 'query'
      ? { asked: askedOf(packet, names), instances: [] }
      : { instances: instancesOf(packet, names) }
  } catch {
    // a datagram that is no DNS message
    return undefined
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function isBounded(data: Buffer): boolean {
  if (data.length < HEADER_BYTES || data.length > MAX_PACKET_BYTES) {
    return false
  }

  const records = [4, 6, 8, 10].reduce((sum, offset) => sum + data.readUInt16BE(offset), 0)

  return records <= MAX_RECORDS && (data.readUInt16BE(2) & CODES_MASK) === 0
}

/** Whether a name of this node's interest is in the packet. A name may be cut into parts by compression, a label is not. */
function concerns(data: Buffer, { tag, host }: ServiceNames): boolean {
  return [tag, host, ALL_SERVICES].some((name) => data.includes(labelOf(name)))
}

function labelOf(name: string): Buffer {
  const label = Buffer.from(name.split('.')[0] ?? '')

  return Buffer.concat([Buffer.of(label.length), label])
}

function askedOf(
  { id = 0, questions = [], answers = [] }: DecodedPacket,
  names: ServiceNames
): Asked | undefined {
  const kinds = new Set(questions.map((one) => kindOf(one, names)))
  const asked = (['all', 'pointer', 'services'] as const).find((kind) => kinds.has(kind))

  if (asked == null || (asked === 'pointer' && answers.some((one) => knows(one, names)))) {
    return undefined
  }

  return { kind: asked, id, questions: questions.filter((one) => kindOf(one, names) != null).map(plain) }
}

function kindOf(
  { name, type, class: asked }: Question,
  { tag, instance, host }: ServiceNames
): AnswerKind | undefined {
  if (!ASKED_CLASSES.has(asked)) {
    return undefined
  }

  switch (name) {
    case tag:
      return matches(type, 'PTR') ? 'pointer' : undefined
    case ALL_SERVICES:
      return matches(type, 'PTR') ? 'services' : undefined
    case instance:
      return matches(type, 'SRV', 'TXT') ? 'all' : undefined
    case host:
      return matches(type, 'A', 'AAAA') ? 'all' : undefined
    default:
      return undefined
  }
}

function matches(type: string, ...types: string[]): boolean {
  return type === 'ANY' || types.includes(type)
}

/** Whether the one that asks has this node's pointer, and will for a while (RFC 6762, section 7.1). */
function knows(known: Answer, { tag, instance }: ServiceNames): boolean {
  return (
    known.type === 'PTR' &&
    known.name === tag &&
    known.data === instance &&
    (known.ttl ?? 0) >= RECORD_TTL_S / 2
  )
}

function plain({ name, type }: Question): Question {
  return { name, type, class: 'IN' }
}

function instancesOf({ answers = [], additionals = [] }: DecodedPacket, { tag }: ServiceNames): Instance[] {
  const names = answers.flatMap((one) =>
    one.type === 'PTR' &&
    one.class === 'IN' &&
    one.name === tag &&
    one.data.endsWith(`.${tag}`) &&
    one.ttl !== 0
      ? [one.data]
      : []
  )
  const records = [...answers, ...additionals]
    .filter((one) => one.type === 'TXT')
    .filter((one) => one.class === 'IN')

  return [...new Set(names)]
    .slice(0, MAX_INSTANCES)
    .map((name) =>
      instanceOf(
        name,
        records.filter((record) => record.name === name)
      )
    )
    .filter(({ texts }) => texts.length > 0)
}

function instanceOf(name: string, records: TxtAnswer[]): Instance {
  const texts = records
    .flatMap(({ data }) => data)
    .map((data) => data.toString())
    .slice(0, MAX_TEXTS)

  return { name, texts: addressTexts(texts), location: readLocation(texts) }
}

/** The texts that are addresses of one peer, the first one's: others would be dialled in its name. */
function addressTexts(texts: string[]): string[] {
  const peers = new Map<string, string>()

  for (const text of texts) {
    const peer = peerIn(text)

    if (peer != null) {
      peers.set(text, peer)
    }
  }

  const [first] = peers.values()

  return [...peers].filter(([, peer]) => peer === first).map(([text]) => text)
}

function peerIn(text: string): string | undefined {
  if (!text.startsWith('dnsaddr=')) {
    return undefined
  }

  try {
    const peer = multiaddr(text.slice('dnsaddr='.length))
      .getComponents()
      .findLast(({ code }) => code === CODE_P2P)?.value

    return peer == null ? undefined : peerIdFromString(peer).toString()
  } catch {
    // also a PeerId that was cut short, which a multiaddr takes
    return undefined
  }
}
