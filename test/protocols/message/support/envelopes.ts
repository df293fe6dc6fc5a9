import { encode } from 'uint8-varint'
import { encodeEnvelope } from '../../../../protocols/message/index.ts'

const NO_SIGNATURE = new Uint8Array(0)

/** An envelope whose wrapper is any text: the protocol does not look inside. */
export function envelopeOf(text: string, seqno = 1n): Uint8Array {
  return encodeEnvelope({
    wrapper: new Uint8Array(Buffer.from(text)),
    seqno,
    signature: NO_SIGNATURE,
    hops: 0
  })
}

/** The bytes with their length before them, as they go on the wire. */
export function frame(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([encode(bytes.byteLength), bytes])
}

export function textOf({ envelope }: { envelope: { wrapper: Uint8Array } }): string {
  return Buffer.from(envelope.wrapper).toString()
}
