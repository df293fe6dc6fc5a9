import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { assert as check, property, record, string, uint8Array } from 'fast-check'
import { toString as uint8ArrayToString } from 'uint8arrays/to-string'
import { uniformLength } from '../../support/uniform-length.ts'
import { signedBytes, signMessage, verifyMessage } from '../../../protocols/message/signature.ts'
import type { PeerId } from '@libp2p/interface'
import type { SignedFields } from '../../../protocols/message/signature.ts'

const fields: SignedFields = {
  federation: 'lab',
  source: 'me',
  seqno: 258n,
  wrapper: new Uint8Array([1, 2, 3])
}

describe('the signature of a message', () => {
  it('covers domain, federation, source, seqno and wrapper, byte for byte', () => {
    assert.equal(
      uint8ArrayToString(signedBytes(fields), 'hex'),
      `${uint8ArrayToString(new TextEncoder().encode('nebula-message:'), 'hex')}036c6162026d650000000000000102010203`
    )
  })

  it('gives different bytes for different fields', () => {
    const arbitrary = record({
      federation: string({ maxLength: 5 }),
      source: string({ maxLength: 5 }),
      seqno: uniformLength(64),
      wrapper: uint8Array({ maxLength: 5 })
    })

    check(
      property(arbitrary, arbitrary, (a, b) => {
        const same =
          a.federation === b.federation &&
          a.source === b.source &&
          a.seqno === b.seqno &&
          Buffer.compare(a.wrapper, b.wrapper) === 0

        assert.equal(Buffer.compare(signedBytes(a), signedBytes(b)) === 0, same)
      })
    )
  })

  for (const apart of [true, false]) {
    it(`holds for its origin and for nothing else, verified ${apart ? 'apart' : 'at once'}`, async () =>
      holdsForItsOrigin(apart))
  }

  it('cannot be checked for an origin whose PeerId holds no key', async () => {
    const key = await generateKeyPair('RSA', 2048)
    const origin = peerIdFromPrivateKey(key)
    const { peerIdFromString } = await import('@libp2p/peer-id')

    assert.equal(
      await verifyMessage(peerIdFromString(origin.toString()), fields, await signMessage(key, fields)),
      false
    )
  })
})

async function holdsForItsOrigin(apart: boolean): Promise<void> {
  const verify = async (origin: PeerId, signed: SignedFields, signature: Uint8Array): Promise<boolean> =>
    verifyMessage(origin, signed, signature, { apart })
  const [key, other] = await Promise.all([generateKeyPair('Ed25519'), generateKeyPair('Ed25519')])
  const origin = peerIdFromPrivateKey(key)
  const signature = await signMessage(key, fields)
  const flipped = Uint8Array.from(signature, (byte, i) => (i === 0 ? byte ^ 1 : byte))

  assert.equal(await verify(origin, fields, signature), true)
  assert.equal(await verify(peerIdFromPrivateKey(other), fields, signature), false)
  assert.equal(await verify(origin, { ...fields, federation: 'lab2' }, signature), false)
  assert.equal(await verify(origin, { ...fields, source: 'you' }, signature), false)
  assert.equal(await verify(origin, { ...fields, seqno: 259n }, signature), false)
  assert.equal(await verify(origin, { ...fields, wrapper: new Uint8Array([1, 2]) }, signature), false)
  assert.equal(await verify(origin, fields, flipped), false)
  assert.equal(await verify(origin, fields, new Uint8Array(0)), false)
  assert.equal(await verify(origin, fields, new Uint8Array(63)), false)
}
