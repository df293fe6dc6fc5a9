import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MAX_CACHED_ORIGINS } from '../../src/messages/constants.ts'
import { Origins } from '../../src/messages/origin.ts'
import { createPeerId } from '../support/create-peer-id.ts'

describe('origins', () => {
  it('are read from their text once', async () => {
    const source = String(await createPeerId())
    const origins = new Origins()

    assert.equal(String(origins.of({ source })), source)
    assert.equal(origins.of({ source }), origins.of({ source }))
  })

  it('make room for later ones', async () => {
    const sources = await Promise.all(
      Array.from({ length: MAX_CACHED_ORIGINS + 1 }, async () => String(await createPeerId()))
    )
    const [first = '', ...others] = sources
    const origins = new Origins()
    const before = origins.of({ source: first })

    others.slice(0, -1).forEach((source) => origins.of({ source }))
    assert.equal(origins.of({ source: first }), before)

    origins.of({ source: others.at(-1) ?? '' })
    assert.notEqual(origins.of({ source: first }), before)
  })

  it('are refused when they are no PeerIds', () => {
    assert.throws(() => new Origins().of({ source: 'nobody' }), { name: 'MalformedMessageError' })
  })
})
