import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { answer, decodeFrame, encodeFrame } from '../../../protocols/model/codec.ts'
import { openHeader, signHeader } from '../../../protocols/model/header.ts'
import { examplesOf, spaced } from '../../support/examples.ts'
import { frame } from '../message/support/envelopes.ts'
import { headerOf } from './support/headers.ts'
import type { ModelFrame, SignedHeader } from '../../../protocols/model/types.ts'

/** The private key of the examples is that of the bytes 0 to 31. */
const SEED = Uint8Array.from({ length: 32 }, (_, index) => index)
const PAYLOAD = Buffer.from('hello')
const RANGES = [{ start: 0, count: 2 }]

describe('the examples of /nebula/model/1.0.0', () => {
  const examples = examplesOf('model')
  let signed: SignedHeader

  before(async () => {
    const key = await generateKeyPairFromSeed('Ed25519', SEED)

    signed = await signHeader(headerOf(peerIdFromPrivateKey(key), PAYLOAD), key)
  })

  /** All but the offer, which repeats the header. */
  function frames(): Record<string, ModelFrame> {
    const { id } = signed

    return {
      'Want, header': { type: 'want', id, header: true, ranges: [] },
      'Want, chunks 0 and 1': { type: 'want', id, header: false, ranges: RANGES },
      'Answer ACCEPT, chunks 0 and 1': answer('ACCEPT', { ranges: RANGES }),
      'Answer ACCEPT, nothing yet': answer('ACCEPT'),
      'Answer HAVE': answer('HAVE'),
      'Answer REFUSE, TOO_LARGE': answer('REFUSE', { reason: 'TOO_LARGE' }),
      'Request, chunks 5 to 7': { type: 'request', ranges: [{ start: 5, count: 3 }] },
      'Chunk 0': { type: 'chunk', index: 0 },
      'Chunk 300': { type: 'chunk', index: 300 },
      Complete: { type: 'complete' },
      'Cancel BUSY': { type: 'cancel', reason: 'BUSY' }
    }
  }

  it('are these', () => {
    assert.deepEqual(
      [...examples.keys()],
      [
        'header',
        'content id',
        'hash of the chunk',
        'signature',
        'Offer, before the header',
        ...Object.keys(frames())
      ]
    )
  })

  it('are a header, what it is known by and what signs it', async () => {
    assert.equal(examples.get('header'), spaced(signed.bytes))
    assert.equal(examples.get('content id'), spaced(Buffer.from(signed.id, 'hex')))
    assert.equal(examples.get('hash of the chunk'), spaced(hash('sha256', PAYLOAD, 'buffer')))
    assert.equal(examples.get('signature'), spaced(signed.signature))
    assert.equal((await openHeader(signed.bytes, signed.signature)).id, signed.id)
  })

  it('are an offer: its beginning, the header, 12 40, the signature, 18 01', () => {
    const offer = encodeFrame({
      type: 'offer',
      header: signed.bytes,
      signature: signed.signature,
      complete: true
    })
    const parts = [
      examples.get('Offer, before the header'),
      spaced(signed.bytes),
      '12 40',
      spaced(signed.signature)
    ]

    assert.equal([...parts, '18 01'].join(' '), spaced(frame(offer)))
  })

  it('are the bytes of the other frames', () => {
    for (const [name, value] of Object.entries(frames())) {
      const bytes = encodeFrame(value)

      assert.equal(examples.get(name), spaced(frame(bytes)), name)
      assert.deepEqual(decodeFrame(bytes), value)
    }
  })
})
