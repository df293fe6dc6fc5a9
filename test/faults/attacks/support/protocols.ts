/** The overlay's frames, as `protocols/` specifies them, in whatever way an attacker likes to fill them. */
import { createHash } from 'node:crypto'
import { field, frame, join, numberField, utf8, varint } from './bytes.ts'
import type { PrivateKey } from '@libp2p/interface'

export const HANDSHAKE = '/nebula/handshake/1.0.0'
export const MESSAGE = '/nebula/message/1.0.0'
export const MODEL = '/nebula/model/1.0.0'
export const PROXY = '/nebula/proxy/1.0.0'

export const FEDERATION = 'lab'

export interface HelloFields {
  attempt?: bigint
  direct?: boolean
  federation?: string
  /** What only a proxy may hand on is dropped when others do, so that most attackers say that they are one. */
  proxy?: boolean
}

/** The frame that asks for a link. */
export function hello(fields: HelloFields = {}): Uint8Array {
  const {
    attempt = BigInt(Date.now()) * 1_000n,
    direct = true,
    federation = FEDERATION,
    proxy = true
  } = fields
  const node = join(field(1, federation), numberField(2, proxy), field(6, 'attacker'))

  return frame(
    field(1, join(numberField(1, attempt), numberField(2, direct), numberField(3, 1), field(4, node)))
  )
}

/** Members of `Wrapper`, serialised. */
export const members = {
  alive: (log = '') => field(3, join(numberField(1, 0), field(2, log))),
  federationStart: (text = '') => field(4, join(numberField(1, 0), field(2, text))),
  federationReady: () => field(4, numberField(1, 3)),
  reputation: (peer: string, score: number) => {
    const float = Buffer.alloc(5)
    float.writeUInt8((2 << 3) | 5)
    float.writeFloatLE(score, 1)

    return field(8, join(field(1, peer), float, numberField(3, 1)))
  },
  connectTo: (addrs: string) => field(11, join(numberField(1, 0), field(2, addrs))),
  disconnectFrom: (addrs: string) => field(11, join(numberField(1, 1), field(2, addrs)))
}

export function wrapper(source: string, member: Uint8Array): Uint8Array {
  return join(field(1, source), member)
}

export interface EnvelopeFields {
  wrapper: Uint8Array
  seqno: bigint
  signature?: Uint8Array
  hops?: number
}

export function envelope(fields: EnvelopeFields): Uint8Array {
  return frame(envelopeBytes(fields))
}

/** The frame that asks a proxy to hand a message on. */
export function delivery(target: string, fields: EnvelopeFields, timeout = 10_000): Uint8Array {
  return frame(join(field(1, target), field(2, envelopeBytes(fields)), numberField(3, timeout)))
}

/** What the signature of a message is made over. */
export function signedBytes(source: string, seqno: bigint, bytes: Uint8Array): Uint8Array {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(seqno)

  return join(
    utf8('nebula-message:'),
    varint(FEDERATION.length),
    utf8(FEDERATION),
    varint(source.length),
    utf8(source),
    counter,
    bytes
  )
}

export interface ModelFields {
  origin: string
  /** What travels, chunk by chunk; the hashes are of these. */
  chunks: Uint8Array[]
  chunkSize: number
  encoding?: number
  decodedSize?: number
  encodedSize?: number
  round?: number
  /** Whether the signature is made over something else. */
  wrongSignature?: boolean
}

export interface Offer {
  /** The frame that offers the model. */
  bytes: Uint8Array
  contentId: Uint8Array
}

/** The offer of a model, with a header that is signed as it should be. */
export async function offer(key: PrivateKey, fields: ModelFields): Promise<Offer> {
  const size = fields.chunks.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const { encodedSize = size, decodedSize = encodedSize } = fields
  const header = join(
    field(1, FEDERATION),
    field(2, fields.origin),
    numberField(3, BigInt(Date.now()) * 1_000n + BigInt(Math.floor(Math.random() * 1_000))),
    numberField(5, fields.round ?? 1),
    numberField(6, 1),
    numberField(8, fields.encoding ?? 0),
    numberField(9, decodedSize),
    numberField(10, encodedSize),
    numberField(11, fields.chunkSize),
    field(12, join(...fields.chunks.map((bytes) => sha256(bytes))))
  )
  const signature = await key.sign(
    join(utf8(fields.wrongSignature === true ? 'nebula-other:' : 'nebula-model:'), sha256(header))
  )

  return {
    bytes: frame(field(1, join(field(1, header), field(2, signature), numberField(3, true)))),
    contentId: sha256(header)
  }
}

/** The frame that accepts a model and asks for none of its chunks. */
export function takeModel(): Uint8Array {
  return frame(field(3, ''))
}

/** The two frames of a chunk. */
export function chunk(index: number, bytes: Uint8Array): Uint8Array {
  return join(frame(field(5, numberField(1, index))), frame(bytes))
}

function envelopeBytes({
  wrapper: bytes,
  seqno,
  signature = new Uint8Array(0),
  hops = 0
}: EnvelopeFields): Uint8Array {
  return join(field(1, bytes), numberField(2, seqno), field(3, signature), numberField(4, hops))
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}
