import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidMessageError } from '@libp2p/interface'
import { FrameTimeoutError, FrameTooLargeError, WriteTimeoutError } from '../../../protocols/errors.ts'
import { HandshakeProtocolError, HandshakeTimeoutError } from '../../../protocols/handshake/errors.ts'
import { InvalidChunkError, InvalidModelHeaderError } from '../../../protocols/model/errors.ts'
import { AttemptRateError } from '../../../src/links/errors.ts'
import { ForgedMessageError } from '../../../src/messages/errors.ts'
import { violationKind } from '../../../src/scoring/score/violation-kind.ts'
import type { PenaltyName } from '../../../src/scoring/score/terms.ts'

describe('the penalty for an error', () => {
  const table: Array<[Error, PenaltyName]> = [
    [new ForgedMessageError('x'), 'badSignature'],
    [new InvalidModelHeaderError('x'), 'badSignature'],
    [new InvalidMessageError('x'), 'invalidMessage'],
    [new FrameTooLargeError('inbound', 2, 1), 'oversize'],
    [new InvalidChunkError(0, 'x'), 'invalidChunk'],
    [new FrameTimeoutError('x'), 'slow'],
    [new WriteTimeoutError('x'), 'slow'],
    [new HandshakeTimeoutError('x'), 'halfOpen'],
    [new HandshakeProtocolError('x'), 'handshake'],
    [new AttemptRateError(), 'flapping']
  ]

  for (const [error, kind] of table) {
    it(`of ${error.name} is ${kind}`, () => {
      assert.equal(violationKind(error), kind)
    })
  }

  it('is that of a broken handshake for a frame out of place', () => {
    assert.equal(violationKind(), 'handshake')
  })
})
