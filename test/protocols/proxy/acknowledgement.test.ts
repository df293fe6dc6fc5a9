import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { signMessage } from '../../../protocols/message/index.ts'
import {
  acknowledge,
  acknowledgedBytes,
  verifyAcknowledgement
} from '../../../protocols/proxy/acknowledgement.ts'

const key = await generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(7))
const other = await generateKeyPair('Ed25519')
const target = peerIdFromPrivateKey(key)
const fields = {
  federation: 'lab',
  target,
  source: 'alice',
  seqno: 258n,
  wrapper: new Uint8Array([1, 2, 3])
}

describe('the acknowledgement of a target', () => {
  it('covers the bytes of the specification', () => {
    const text = (value: string): Buffer => Buffer.from([value.length, ...Buffer.from(value)])

    assert.deepEqual(
      Buffer.from(acknowledgedBytes(fields)),
      Buffer.concat([
        Buffer.from('6e6562756c612d70726f78792d61636b3a', 'hex'),
        text('lab'),
        text(target.toString()),
        text('alice'),
        Buffer.from('0000000000000102010203', 'hex')
      ])
    )
  })

  it('is valid for what it was made for', async () => {
    assert.equal(await verifyAcknowledgement(fields, await acknowledge(key, fields)), true)
  })

  const changes = {
    federation: { federation: 'lap' },
    target: { target: peerIdFromPrivateKey(other) },
    source: { source: 'alicf' },
    seqno: { seqno: 259n },
    wrapper: { wrapper: new Uint8Array([1, 2, 4]) },
    'a byte between two fields': { source: 'alic', wrapper: new Uint8Array([101, 1, 2, 3]) }
  }

  for (const [what, change] of Object.entries(changes)) {
    it(`is not valid for another ${what}`, async () => {
      const acknowledgement = await acknowledge(key, fields)

      assert.equal(await verifyAcknowledgement({ ...fields, ...change }, acknowledgement), false)
    })
  }

  it('is nobody else’s, nor of another length, nor empty', async () => {
    const whole = await acknowledge(key, fields)

    for (const bytes of [await acknowledge(other, fields), whole.subarray(1), new Uint8Array(0)]) {
      assert.equal(await verifyAcknowledgement(fields, bytes), false)
    }
  })

  it('is not the signature of a message, which the source could have from the target', async () => {
    const signature = await signMessage(key, { ...fields, source: target.toString() })

    assert.equal(await verifyAcknowledgement({ ...fields, source: target.toString() }, signature), false)
  })

  it('cannot be known for a PeerId that holds no key', async () => {
    const rsa = await generateKeyPair('RSA', 2_048)
    const own = peerIdFromPrivateKey(rsa)
    const acknowledgement = await acknowledge(rsa, { ...fields, target: own })

    assert.equal(await verifyAcknowledgement({ ...fields, target: own }, acknowledgement), true)

    // from text, as a delivery has it, only the hash of the key is known
    const read = peerIdFromString(own.toString())

    assert.equal(await verifyAcknowledgement({ ...fields, target: read }, acknowledgement), false)
  })
})
