import { randomBytes } from 'node:crypto'
import { field, frame, join, numberField, varint } from './bytes.ts'
import {
  chunk,
  envelope,
  HANDSHAKE,
  hello,
  members,
  MESSAGE,
  MODEL,
  offer,
  PROXY,
  wrapper
} from './protocols.ts'
import type { Attacker } from './attacker.ts'

export interface Malformation {
  name: string
  protocol: string
  /** Whether it comes on the stream of a link rather than as an attempt to make one. */
  onLink?: boolean
  bytes(attacker: Attacker): Promise<Uint8Array> | Uint8Array
}

const CHUNK = 65_536
const MAX_FRAME = 1_048_576

/** No protobuf: a field number 0, a group that never ends, a length beyond the end. */
const NO_PROTOBUF = Uint8Array.from([0x00, 0x0b, 0x0a, 0xc8, 0x01, 0x02])

/** What is wrong in every protocol, whatever the frame says. */
function framing(protocol: string, maxFrame: number): Malformation[] {
  return [
    { name: 'an empty frame', protocol, bytes: () => frame(new Uint8Array(0)) },
    { name: 'a length that is not minimal', protocol, bytes: () => Uint8Array.from([0x81, 0x00, 0x00]) },
    { name: 'a length that never ends', protocol, bytes: () => new Uint8Array(64).fill(0xff) },
    { name: 'a length of 2 GiB', protocol, bytes: () => join(varint(2 ** 31), new Uint8Array(100)) },
    {
      name: 'a length one too large',
      protocol,
      bytes: () => join(varint(maxFrame + 1), new Uint8Array(100))
    },
    { name: 'no protobuf', protocol, bytes: () => frame(NO_PROTOBUF) },
    { name: 'random bytes', protocol, bytes: () => frame(randomBytes(200)) }
  ]
}

const handshakes: Malformation[] = [
  ...framing(HANDSHAKE, 8_192),
  {
    name: 'a Goodbye instead of a Hello',
    protocol: HANDSHAKE,
    bytes: () => frame(field(5, numberField(1, 9)))
  },
  { name: 'a Hello without a node', protocol: HANDSHAKE, bytes: () => frame(field(1, numberField(1, 5))) },
  {
    name: 'a federation of 56 letters',
    protocol: HANDSHAKE,
    bytes: () => hello({ federation: 'x'.repeat(56) })
  },
  { name: 'a second Hello', protocol: HANDSHAKE, onLink: true, bytes: () => hello({ attempt: 2n ** 62n }) },
  {
    name: 'an answer to no question',
    protocol: HANDSHAKE,
    onLink: true,
    bytes: () => frame(field(4, join(numberField(1, 7), numberField(2, true))))
  },
  { name: 'no protobuf on a link', protocol: HANDSHAKE, onLink: true, bytes: () => frame(NO_PROTOBUF) }
]

const messages: Malformation[] = [
  ...framing(MESSAGE, MAX_FRAME),
  {
    name: 'an envelope without a message',
    protocol: MESSAGE,
    bytes: () => envelope({ wrapper: new Uint8Array(0), seqno: 1n })
  },
  {
    name: 'a message that is no protobuf',
    protocol: MESSAGE,
    bytes: () => envelope({ wrapper: NO_PROTOBUF, seqno: 1n })
  },
  {
    name: '4,097 arguments',
    protocol: MESSAGE,
    bytes: ({ peerId }) =>
      envelope({
        wrapper: wrapper(peerId, field(4, join(...Array<Uint8Array>(4_097).fill(field(2, ''))))),
        seqno: 1n
      })
  },
  {
    name: 'a source that is no PeerId',
    protocol: MESSAGE,
    bytes: () => envelope({ wrapper: wrapper('nobody', members.alive()), seqno: 1n })
  }
]

const models: Malformation[] = [
  ...framing(MODEL, MAX_FRAME),
  { name: 'a chunk first', protocol: MODEL, bytes: () => chunk(0, new Uint8Array(CHUNK)) },
  { name: 'a Request first', protocol: MODEL, bytes: () => frame(field(4, new Uint8Array(0))) },
  {
    name: 'a long frame that is no offer',
    protocol: MODEL,
    bytes: () => frame(field(2, join(field(1, randomBytes(32)), field(9, new Uint8Array(2_000)))))
  },
  {
    name: 'an offer that is not signed',
    protocol: MODEL,
    bytes: async (attacker) => offerOf(attacker, { wrongSignature: true })
  },
  {
    name: 'fewer hashes than chunks',
    protocol: MODEL,
    bytes: async (attacker) => offerOf(attacker, { encodedSize: 3 * CHUNK })
  },
  {
    name: 'chunks of 1 KiB',
    protocol: MODEL,
    bytes: async (attacker) => offerOf(attacker, { chunkSize: 1_024 })
  }
]

/** A delivery may be as long as a message and a little more. */
const proxying: Malformation[] = [
  ...framing(PROXY, MAX_FRAME + 256),
  {
    name: 'a target that is no PeerId',
    protocol: PROXY,
    bytes: ({ peerId }) =>
      frame(join(field(1, 'nobody'), field(2, wrapper(peerId, members.alive())), numberField(3, 1_000)))
  }
]

/** Of each protocol, in turn, so that a few of them are of all protocols. */
export const malformations: Malformation[] = interleave([handshakes, messages, models, proxying])

async function offerOf(
  { key, peerId }: Attacker,
  fault: { wrongSignature?: boolean; encodedSize?: number; chunkSize?: number }
): Promise<Uint8Array> {
  const fields = { origin: peerId, chunks: [new Uint8Array(CHUNK)], chunkSize: CHUNK, ...fault }

  return (await offer(key, fields)).bytes
}

function interleave<T>(lists: T[][]): T[] {
  const longest = Math.max(...lists.map(({ length }) => length))

  return Array.from({ length: longest }).flatMap((_, i) => lists.flatMap((list) => list.slice(i, i + 1)))
}
